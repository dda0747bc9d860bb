package io.parley.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.content.Octets;
import io.parley.http.Rest.Answer;
import io.parley.id.DeviceId;
import io.parley.judge.RestJudge;
import io.parley.keys.CredentialIdentity;
import io.parley.keys.MlsDevice;
import io.parley.keys.Signer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The directory of keys over real calls, with key packages that Bouncy Castle makes.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KeyApiTest {
    /// The answers that only who has keys gets.
    static final Set<String> SEEN = Set.of(
            "PublishKeys 200",
            "PublishKeys 409",
            "OwnKeys 200",
            "OwnKeys 404",
            "ApproveDevice 204",
            "ApproveDevice 404",
            "AddKeyPackages 200",
            "AddKeyPackages 409",
            "DropKeyPackages 204",
            "ClaimKeyPackages 200",
            "ClaimKeyPackages 404",
            "UserKeys 200",
            "UserKeys 400",
            "UserKeys 404",
            "ApproveDevice 400");

    private static final String PASSWORD = "correct horse battery";

    private final RestJudge judge = new RestJudge();
    private final ApiServer server = new ApiServer();
    private final Rest rest = new Rest(judge, server.port);
    private int people;
    private int claims;

    KeyApiTest() throws IOException {}

    @AfterAll
    void every_answer_was_seen() throws IOException {
        server.close();
        final var missing = new TreeSet<>(SEEN);
        missing.removeAll(judge.seen().keySet());
        assertEquals(Set.of(), missing);
    }

    /// A device with its own keys, and what it logged in with.
    private record Phone(String user, String uid, DeviceId device, String token, MlsDevice mls) {}

    private Phone person() {
        people++;
        final var user = "keys" + people;
        rest.post("/v1/accounts", "", "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, PASSWORD));
        return login(user);
    }

    private Phone login(final String user) {
        final var login = rest.post(
                        "/v1/login",
                        "",
                        "{\"user\":\"%s\",\"password\":\"%s\",\"device\":{\"name\":\"x\",\"platform\":\"test\"}}"
                                .formatted(user, PASSWORD))
                .json();
        final var device = new DeviceId(login.path("device").asText());
        final var uid = login.path("uid").asText();
        return new Phone(user, uid, device, login.path("token").asText(), new MlsDevice(uid, device));
    }

    private Answer publish(final Phone phone, final Signer identity, final String more) {
        final var key = phone.mls().signatureKey();
        return rest.call(
                "PUT",
                "/v1/keys/device",
                phone.token(),
                "{\"signatureKey\":\"%s\",\"identity\":{\"key\":\"%s\",\"signature\":\"%s\"}%s}"
                        .formatted(
                                key.base64url(),
                                identity.key().base64url(),
                                identity.crossSign(phone.uid(), phone.device(), key)
                                        .base64url(),
                                more));
    }

    private Answer publishAlone(final Phone phone) {
        return rest.call(
                "PUT",
                "/v1/keys/device",
                phone.token(),
                "{\"signatureKey\":\"%s\",\"sealingKey\":\"%s\"}"
                        .formatted(phone.mls().signatureKey().base64url(), "A".repeat(43)));
    }

    private Answer approve(final Phone by, final Phone other, final Signer identity) {
        final var signature =
                identity.crossSign(other.uid(), other.device(), other.mls().signatureKey());
        return rest.call(
                "PUT",
                "/v1/keys/devices/" + other.device(),
                by.token(),
                "{\"signature\":\"%s\",\"sealed\":\"AAEC\"}".formatted(signature.base64url()));
    }

    private Answer add(final Phone phone, final List<Octets> packages) {
        return rest.call(
                "PUT",
                "/v1/keys/packages",
                phone.token(),
                "{\"packages\":[%s]}"
                        .formatted(packages.stream()
                                .map(each -> "\"" + each.base64url() + "\"")
                                .collect(Collectors.joining(","))));
    }

    private Answer claim(final Phone claimer, final String user, final String id) {
        return rest.post("/v1/keys/claims", claimer.token(), "{\"id\":\"%s\",\"user\":\"%s\"}".formatted(id, user));
    }

    private Answer claim(final Phone claimer, final String user) {
        claims++;
        return claim(claimer, user, "c-" + claims);
    }

    private static List<JsonNode> devices(final Answer answer) {
        assertEquals(200, answer.status(), answer::toString);
        return StreamSupport.stream(answer.json().path("devices").spliterator(), false)
                .toList();
    }

    private static void assertRefused(final int status, final String code, final Answer answer) {
        assertEquals(status, answer.status(), answer::toString);
        assertEquals(code, answer.code());
    }

    @Test
    void two_people_find_each_others_keys_and_take_a_key_package_each() {
        final var ada = person();
        final var bo = person();
        final var identity = new Signer();
        assertEquals(200, publish(ada, identity, "").status());
        assertEquals(
                100, add(ada, ada.mls().keyPackages(100)).json().path("left").asInt());
        final var found = rest.get("/v1/users/" + ada.user() + "/keys", bo.token());
        assertEquals(identity.key().base64url(), found.json().path("identity").asText());
        assertEquals(ada.uid(), found.json().path("uid").asText());
        assertFalse(devices(found).getFirst().has("keyPackage"));
        assertEquals(0, found.json().path("devicesWithoutKeys").asInt());
        final var claimed = devices(claim(bo, ada.user()));
        assertEquals(
                ada.mls().signatureKey().base64url(),
                claimed.getFirst().path("signatureKey").asText());
        final var next = devices(claim(bo, ada.user()));
        assertFalse(claimed.getFirst().path("keyPackage").equals(next.getFirst().path("keyPackage")));
        assertEquals(
                98, rest.get("/v1/keys/device", ada.token()).json().path("left").asInt());
    }

    @Test
    void a_claim_said_again_gets_the_same() {
        final var ada = person();
        final var bo = person();
        publish(ada, new Signer(), "");
        add(ada, ada.mls().keyPackages(2));
        assertEquals(
                claim(bo, ada.user(), "same").body(),
                claim(bo, ada.user(), "same").body());
        assertEquals(
                1, rest.get("/v1/keys/device", ada.token()).json().path("left").asInt());
    }

    @Test
    void everybody_is_told_how_many_devices_have_published_nothing() {
        final var phone = person();
        final var laptop = login(phone.user());
        login(phone.user());
        final var bo = person();
        assertEquals(3, withoutKeys(rest.get("/v1/users/" + phone.user() + "/keys", bo.token())));
        publish(phone, new Signer(), "");
        assertEquals(2, withoutKeys(claim(bo, phone.user())));
        publishAlone(laptop); // not approved, but it can be
        assertEquals(1, withoutKeys(rest.get("/v1/users/" + phone.user() + "/keys", bo.token())));
        assertEquals(1, withoutKeys(claim(bo, phone.user())));
    }

    private static int withoutKeys(final Answer answer) {
        assertEquals(200, answer.status(), answer::toString);
        return answer.json().path("devicesWithoutKeys").asInt();
    }

    @Test
    void who_has_no_keys_shows_none_and_who_does_not_exist_is_unknown() {
        final var ada = person();
        assertEquals(List.of(), devices(rest.get("/v1/users/" + ada.user() + "/keys", ada.token())));
        assertEquals(List.of(), devices(claim(ada, ada.user())));
        assertRefused(404, "not-found", rest.get("/v1/keys/device", ada.token()));
        assertRefused(404, "unknown-user", rest.get("/v1/users/nobody-there/keys", ada.token()));
        assertRefused(404, "unknown-user", claim(ada, "nobody-there"));
        assertRefused(400, "invalid", rest.get("/v1/users/NO/keys", ada.token()));
    }

    @Test
    void a_second_device_waits_for_approval_and_is_given_what_was_sealed_to_it() {
        final var phone = person();
        final var laptop = login(phone.user());
        final var identity = new Signer();
        assertRefused(409, "conflict", publishAlone(laptop)); // there is no identity key yet
        publish(phone, identity, "");
        assertFalse(publishAlone(laptop).json().path("approved").asBoolean());
        add(laptop, laptop.mls().keyPackages(1));
        final var bo = person();
        assertEquals(2, devices(claim(bo, phone.user())).size());
        assertTrue(devices(claim(bo, phone.user())).stream().noneMatch(device -> device.has("keyPackage")));
        assertRefused(403, "forbidden", approve(laptop, laptop, identity));
        assertRefused(400, "invalid", approve(phone, laptop, new Signer()));
        assertEquals(204, approve(phone, laptop, identity).status());
        assertEquals(
                "AAEC",
                rest.get("/v1/keys/device", laptop.token())
                        .json()
                        .path("sealed")
                        .asText());
        assertTrue(devices(claim(bo, phone.user())).stream().anyMatch(device -> device.has("keyPackage")));
        assertRefused(404, "not-found", approve(phone, bo, identity));
        final var own = devices(rest.get("/v1/users/" + phone.user() + "/keys", phone.token()));
        assertTrue(own.stream().anyMatch(device -> device.has("sealingKey")));
        final var others = devices(rest.get("/v1/users/" + phone.user() + "/keys", bo.token()));
        assertTrue(others.stream().noneMatch(device -> device.has("sealingKey")));
    }

    @Test
    void an_unlinked_device_is_claimed_no_more() {
        final var phone = person();
        final var laptop = login(phone.user());
        final var identity = new Signer();
        publish(phone, identity, "");
        publish(laptop, identity, "");
        add(laptop, laptop.mls().keyPackages(3));
        final var bo = person();
        assertEquals(2, devices(claim(bo, phone.user())).size());
        assertEquals(
                204,
                rest.call("DELETE", "/v1/devices/" + laptop.device(), phone.token(), "")
                        .status());
        assertEquals(1, devices(claim(bo, phone.user())).size());
    }

    @Test
    void only_who_knows_the_password_replaces_the_identity_key() {
        final var phone = person();
        publish(phone, new Signer(), "");
        final var laptop = login(phone.user());
        final var other = new Signer();
        assertRefused(409, "conflict", publish(laptop, other, ""));
        assertRefused(403, "forbidden", publish(laptop, other, ",\"password\":\"not the password\""));
        assertEquals(
                200,
                publish(laptop, other, ",\"password\":\"" + PASSWORD + "\"").status());
        final var directory = rest.get("/v1/users/" + phone.user() + "/keys", phone.token());
        assertEquals(other.key().base64url(), directory.json().path("identity").asText());
        assertEquals(
                1,
                devices(directory).stream()
                        .filter(device -> device.has("signature"))
                        .count());
    }

    @Test
    void a_signature_that_does_not_hold_is_refused() {
        final var ada = person();
        final var bo = person();
        final var ofBo = new Phone(ada.user(), bo.uid(), ada.device(), ada.token(), ada.mls());
        assertRefused(400, "invalid", publish(ofBo, new Signer(), "")); // signed for another account
    }

    @Test
    void key_packages_that_would_break_a_group_are_refused() {
        final var ada = person();
        final var bo = person();
        assertRefused(409, "conflict", add(ada, ada.mls().keyPackages(1))); // nothing is published yet
        publish(ada, new Signer(), "");
        final var now = Instant.now();
        final var soon = now.plus(Duration.ofDays(1));
        final var name =
                new String(CredentialIdentity.of(ada.uid(), ada.device()).toArray(), StandardCharsets.UTF_8);
        final var damaged = ada.mls().keyPackage().toArray();
        damaged[damaged.length - 1] ^= 1;
        final var longer = Arrays.copyOf(
                ada.mls().keyPackage().toArray(), ada.mls().keyPackage().length() + 1);
        for (final var wrong : List.of(
                ada.mls().keyPackage("alice", now, soon),
                ada.mls().keyPackage(bo.uid() + ":" + ada.device() + "@parley", now, soon),
                ada.mls().keyPackage(ada.uid() + ":" + bo.device() + "@parley", now, soon),
                ada.mls().keyPackage(name, now.minus(Duration.ofDays(9)), now.minusSeconds(1)),
                ada.mls().keyPackage(name, soon, now.plus(Duration.ofDays(9))),
                ada.mls().keyPackage(name, now, now.plus(Duration.ofDays(500))),
                Octets.of(damaged),
                Octets.of(longer),
                Octets.of(new byte[] {0, 1, 0, 1}),
                bo.mls().keyPackage())) {
            assertRefused(400, "invalid", add(ada, List.of(ada.mls().keyPackage(), wrong)));
        }
        final var ofAnotherKey = new MlsDevice(ada.uid(), ada.device());
        assertRefused(400, "invalid", add(ada, ofAnotherKey.keyPackages(1)));
        assertRefused(400, "invalid", add(ada, List.of()));
        assertEquals(
                0, rest.get("/v1/keys/device", ada.token()).json().path("left").asInt());
    }

    @Test
    void at_most_a_hundred_are_kept_and_they_can_be_taken_back() {
        final var ada = person();
        publish(ada, new Signer(), "");
        final var packages = ada.mls().keyPackages(100);
        add(ada, packages);
        assertEquals(100, add(ada, packages).json().path("left").asInt());
        assertRefused(409, "conflict", add(ada, ada.mls().keyPackages(1)));
        assertEquals(
                204, rest.call("DELETE", "/v1/keys/packages", ada.token(), "").status());
        assertEquals(1, add(ada, ada.mls().keyPackages(1)).json().path("left").asInt());
    }

    @Test
    void nobody_claims_the_keys_of_one_person_without_end() {
        final var ada = person();
        final var bo = person();
        publish(ada, new Signer(), "");
        add(ada, ada.mls().keyPackages(30));
        for (int i = 0; i < 20; i++) {
            assertEquals(200, claim(bo, ada.user()).status());
        }
        final var refused = claim(bo, ada.user());
        assertRefused(429, "rate-limited", refused);
        assertTrue(Integer.parseInt(refused.header("Retry-After")) > 3_000);
        assertEquals(200, claim(person(), ada.user()).status());
    }
}
