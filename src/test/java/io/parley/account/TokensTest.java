package io.parley.account;

import static io.parley.account.AccountFixtures.ADA;
import static io.parley.account.AccountFixtures.NOON;
import static io.parley.account.AccountFixtures.device;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokensTest {
    private static final AccountSettings SETTINGS = AccountFixtures.settings();
    private static final Caller CALLER = new Caller(ADA, device(7), 3, "uid-1");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final TokenKeys keys;
    private final AccessTokens access;
    private final RefreshTokens refresh;

    TokensTest(@TempDir final Path directory) {
        file = directory.resolve("token-keys.json");
        keys = TokenKeys.readOrCreate(file, new SecureRandom());
        access = new AccessTokens(keys, SETTINGS);
        refresh = new RefreshTokens(keys);
    }

    @Test
    void an_access_token_tells_who_calls_until_it_is_over() {
        final var token = access.sign(CALLER, NOON);
        assertEquals(Optional.of(CALLER), access.check(token, NOON));
        final var end = NOON.plus(SETTINGS.accessTokenTtl());
        assertEquals(end, access.expiry(NOON.plusMillis(999)));
        assertEquals(Optional.of(CALLER), access.check(token, end.minusMillis(1)));
        assertEquals(Optional.empty(), access.check(token, end));
    }

    @Test
    void the_same_login_always_has_the_same_token() {
        assertEquals(access.sign(CALLER, NOON), access.sign(CALLER, NOON));
    }

    @Test
    void the_jdk_alone_finds_the_signature_good_and_the_claims_in_place() throws IOException, GeneralSecurityException {
        final var parts = access.sign(CALLER, NOON).split("\\.", -1);
        assertEquals(3, parts.length);
        final var header = JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
        final var claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
        final var jwk = JSON.readTree(file.toFile()).path("keys").path(0);
        assertEquals(
                JSON.readTree("{\"typ\":\"JWT\",\"alg\":\"EdDSA\",\"kid\":\""
                        + jwk.path("kid").asText() + "\"}"),
                header);
        assertEquals(JSON.readTree("""
                        {"iss":"parley","sub":"ada.l-1","uid":"uid-1","dev":"0000000000000007","gen":3,
                         "iat":1772366400,"exp":1772367300}"""), claims);

        // RFC 8410: the raw key behind the prefix of an Ed25519 SubjectPublicKeyInfo
        final var spki = HexFormat.of()
                .parseHex("302a300506032b6570032100"
                        + HexFormat.of()
                                .formatHex(Base64.getUrlDecoder()
                                        .decode(jwk.path("x").asText())));
        final var signature = Signature.getInstance("Ed25519");
        signature.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki)));
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertTrue(signature.verify(Base64.getUrlDecoder().decode(parts[2])));
    }

    @Test
    void a_token_with_any_character_changed_is_refused() {
        final var token = access.sign(CALLER, NOON);
        final var seal = refresh.seal(new RefreshTokens.Content(ADA, device(7), 3, 1));
        final long seed = System.nanoTime();
        final var random = new SplittableRandom(seed);
        for (int at = 0; at < token.length() - 1; at++) { // the last digit of base64 has bits that mean nothing
            assertEquals(Optional.empty(), access.check(changed(token, at, random), NOON), "seed " + seed);
        }
        for (int at = 0; at < seal.length(); at++) {
            assertEquals(Optional.empty(), refresh.open(changed(seal, at, random)), "seed " + seed);
        }
    }

    @Test
    void other_algorithms_are_refused() throws GeneralSecurityException, IOException {
        final var token = access.sign(CALLER, NOON);
        final var claims = token.split("\\.", -1)[1];
        final var kid = keys.signing().kid();
        assertEquals(
                Optional.empty(),
                access.check(base64("{\"alg\":\"none\",\"kid\":\"" + kid + "\"}") + "." + claims + ".", NOON));
        assertEquals(Optional.empty(), access.check(base64("{\"alg\":\"none\"}") + "." + claims + ".", NOON));

        // the classic confusion: the public key, which is no secret, taken as the secret of an HMAC
        final var jwk = JSON.readTree(file.toFile()).path("keys").path(0);
        final var head = base64("{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}") + "." + claims;
        final var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getUrlDecoder().decode(jwk.path("x").asText()), "HmacSHA256"));
        final var forged = head + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(mac.doFinal(head.getBytes(StandardCharsets.US_ASCII)));
        assertEquals(Optional.empty(), access.check(forged, NOON));
    }

    @Test
    void tokens_of_foreign_keys_are_refused_even_under_our_kid(@TempDir final Path elsewhere) throws IOException {
        final var foreignFile = elsewhere.resolve("keys.json");
        final var foreign = TokenKeys.readOrCreate(foreignFile, new SecureRandom());
        assertEquals(Optional.empty(), access.check(new AccessTokens(foreign, SETTINGS).sign(CALLER, NOON), NOON));
        Files.writeString(
                foreignFile,
                Files.readString(foreignFile)
                        .replace(foreign.signing().kid(), keys.signing().kid()));
        final var disguised = TokenKeys.read(foreignFile);
        assertEquals(keys.signing().kid(), disguised.signing().kid());
        assertEquals(Optional.empty(), access.check(new AccessTokens(disguised, SETTINGS).sign(CALLER, NOON), NOON));
        final var content = new RefreshTokens.Content(ADA, device(7), 3, 1);
        assertEquals(Optional.empty(), refresh.open(new RefreshTokens(disguised).seal(content)));
    }

    @Test
    void tokens_of_another_issuer_are_refused() {
        final var other = new AccessTokens(
                keys, AccountSettings.from(AccountFixtures.config("parley.account.issuer = elsewhere")));
        assertEquals(Optional.empty(), access.check(other.sign(CALLER, NOON), NOON));
    }

    @Test
    void an_old_key_verifies_and_opens_what_it_signed_after_a_new_one_signs(@TempDir final Path elsewhere)
            throws IOException {
        final var token = access.sign(CALLER, NOON);
        final var content = new RefreshTokens.Content(ADA, device(7), 3, 1);
        final var seal = refresh.seal(content);
        final var newer = elsewhere.resolve("keys.json");
        TokenKeys.readOrCreate(newer, new SecureRandom());
        final var set = JSON.createObjectNode();
        set.putArray("keys")
                .add(JSON.readTree(newer.toFile()).path("keys").path(0))
                .add(JSON.readTree(file.toFile()).path("keys").path(0));
        Files.writeString(newer, set.toString());
        final var both = TokenKeys.read(newer);
        assertEquals(Optional.of(CALLER), new AccessTokens(both, SETTINGS).check(token, NOON));
        assertEquals(Optional.of(content), new RefreshTokens(both).open(seal));
        assertEquals(
                Optional.empty(), access.check(new AccessTokens(both, SETTINGS).sign(CALLER, NOON), NOON), "not ours");
    }

    @Test
    void a_refresh_token_says_what_was_sealed() {
        final var content = new RefreshTokens.Content(ADA, device(7), 3, 12);
        final var token = refresh.seal(content);
        assertEquals(Optional.of(content), refresh.open(token));
        assertTrue(token.startsWith("r1." + keys.signing().kid() + ".ada.l-1.0000000000000007.3.12."), token);
    }

    @Test
    void nonsense_is_refused_without_an_exception() {
        final long seed = System.nanoTime();
        final var random = new SplittableRandom(seed);
        final var letters = "r1.eyJhbGc=-_ \u00e4\ud83d";
        for (int i = 0; i < 2_000; i++) {
            final var text = new StringBuilder();
            final int length = random.nextInt(300);
            for (int j = 0; j < length; j++) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            assertEquals(Optional.empty(), access.check(text.toString(), NOON), "seed " + seed);
            assertEquals(Optional.empty(), refresh.open(text.toString()), "seed " + seed);
        }
        assertEquals(Optional.empty(), access.check("x".repeat(1_000_000), NOON));
        assertEquals(Optional.empty(), refresh.open("x".repeat(1_000_000)));
    }

    private static String changed(final String token, final int at, final SplittableRandom random) {
        final var digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
        char other = token.charAt(at);
        while (other == token.charAt(at)) {
            other = digits.charAt(random.nextInt(digits.length()));
        }
        return token.substring(0, at) + other + token.substring(at + 1);
    }

    private static String base64(final String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
