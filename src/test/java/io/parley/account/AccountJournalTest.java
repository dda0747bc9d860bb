package io.parley.account;

import static io.parley.account.AccountFixtures.ADA;
import static io.parley.account.AccountFixtures.HASH;
import static io.parley.account.AccountFixtures.NOON;
import static io.parley.account.AccountFixtures.OTHER_HASH;
import static io.parley.account.AccountFixtures.device;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.parley.cluster.ActorReplyTo;
import io.parley.id.DeviceId;
import io.parley.serialization.ClusterMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// What accounts have written once must read for ever, and be written the same way; what they say to each other
/// must arrive as it was.
final class AccountJournalTest {
    private static final Path EXAMPLES = Path.of("src", "test", "resources", "journal", "account");
    private static final int EVENTS = 7_355_101;
    private static final int STATES = 7_355_102;
    private static final ActorTestKit KIT = ActorTestKit.create(AccountFixtures.config(""));
    private static final Serialization SERIALIZATION = SerializationExtension.get(Adapter.toClassic(KIT.system()));
    private static final TestProbe<Object> HERE = KIT.createTestProbe(Object.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final CBORMapper CBOR = new CBORMapper();

    private static final DeviceId PIXEL = new DeviceId("00c0ffee00c0ffee");
    private static final String UID = "4f6c2c1e-7d1a-4c55-9a34-0c5a2f1b9e10";
    private static final PasswordHash FIRST = new PasswordHash(
            "$argon2id$v=19$m=32768,t=3,p=1" + "$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g");
    private static final PasswordHash SECOND = new PasswordHash(
            "$argon2id$v=19$m=32768,t=3,p=1" + "$c2FsdHNhbHRzYWx0c2FsdA$bmV3aGFzaG5ld2hhc2huZXdoYXNobmV3aGFzaG5ld2g");
    private static final PasswordHash RAISED = new PasswordHash(
            "$argon2id$v=19$m=65536,t=3,p=1" + "$c2FsdHNhbHRzYWx0c2FsdA$bmV3aGFzaG5ld2hhc2huZXdoYXNobmV3aGFzaG5ld2g");

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void every_event_ever_stored_reads_for_ever() throws IOException {
        final var begun = Instant.parse("2026-03-01T12:00:00.123Z");
        reads("registered", EVENTS, new AccountEvent.Registered(UID, "Ada Lovelace", FIRST, begun));
        final var linked = Instant.parse("2026-03-01T12:00:01.500Z");
        reads("linked", EVENTS, new AccountEvent.DeviceLinked(PIXEL, "Pixel", "android", 2, linked));
        reads(
                "unlinked",
                EVENTS,
                new AccountEvent.DeviceUnlinked(PIXEL, AccountEvent.Why.REUSE, Instant.parse("2026-03-02T08:00:00Z")));
        final var rotated = Instant.parse("2026-03-01T12:15:00.001Z");
        reads("refreshed", EVENTS, new AccountEvent.TokenRefreshed(PIXEL, 2, rotated));
        reads(
                "password",
                EVENTS,
                new AccountEvent.PasswordChanged(SECOND, PIXEL, 7, Instant.parse("2026-03-03T09:30:00Z")));
        reads("rehashed", EVENTS, new AccountEvent.PasswordRehashed(RAISED));
        reads("renamed", EVENTS, new AccountEvent.Renamed("Ada", Instant.parse("2026-03-04T10:00:00Z")));
        final var ended = Instant.parse("2026-03-05T11:00:00.250Z");
        reads("ended", EVENTS, new AccountEvent.TokensEnded(Optional.of(PIXEL), 12, ended));
        reads("disabled", EVENTS, new AccountEvent.Disabled(ended));
        reads("enabled", EVENTS, new AccountEvent.Enabled(Instant.parse("2026-03-06T08:00:00Z")));
        reads("deleted", EVENTS, new AccountEvent.Deleted(Instant.parse("2026-03-07T09:00:00.125Z")));
    }

    @Test
    void every_snapshot_ever_stored_reads_for_ever() throws IOException {
        reads("nobody", STATES, AccountState.NOBODY);
        final var device = new AccountState.Device(
                PIXEL,
                "Pixel",
                "android",
                Instant.parse("2026-03-01T12:00:01.500Z"),
                2,
                2,
                Instant.parse("2026-03-01T12:15:00.001Z"));
        reads(
                "somebody",
                STATES,
                new AccountState.Somebody(
                        UID,
                        "Ada Lovelace",
                        FIRST,
                        1,
                        List.of(device),
                        Instant.parse("2026-03-01T12:00:00.123Z"),
                        3,
                        2,
                        Optional.empty()));
        reads(
                "somebody-disabled",
                STATES,
                new AccountState.Somebody(
                        UID,
                        "Ada Lovelace",
                        FIRST,
                        1,
                        List.of(),
                        Instant.parse("2026-03-01T12:00:00.123Z"),
                        5,
                        4,
                        Optional.of(Instant.parse("2026-03-05T11:00:00.250Z"))));
        reads(
                "gone",
                STATES,
                new AccountState.Gone(
                        UID,
                        Instant.parse("2026-03-01T12:00:00.123Z"),
                        Instant.parse("2026-03-07T09:00:00.125Z"),
                        8,
                        7));
    }

    @Test
    void every_kind_of_event_and_snapshot_has_an_example_and_a_name() throws IOException {
        final var named = new HashSet<String>();
        for (final var type : List.of(AccountEvent.class, AccountState.class)) {
            final var kinds = Arrays.stream(
                            type.getAnnotation(JsonSubTypes.class).value())
                    .toList();
            assertEquals(
                    Set.of(type.getPermittedSubclasses()),
                    new HashSet<>(kinds.stream().map(JsonSubTypes.Type::value).toList()));
            kinds.forEach(kind -> named.add(kind.name() + ".json"));
        }
        named.add("somebody-disabled.json"); // with what a snapshot may leave out
        try (var files = Files.list(EXAMPLES)) {
            assertEquals(
                    named,
                    new HashSet<>(
                            files.map(file -> file.getFileName().toString()).toList()));
        }
        final var reasons = "[LOGOUT, OWNER, REPLACED, AWAY, REUSE, UNANSWERED]"; // stored by these names
        assertEquals(reasons, Arrays.toString(AccountEvent.Why.values()));
        for (final var why : AccountEvent.Why.values()) {
            final var event = new AccountEvent.DeviceUnlinked(PIXEL, why, NOON);
            assertEquals(event, read(EVENTS, SERIALIZATION.serialize(event).get()));
        }
    }

    @Test
    void no_class_name_reaches_the_disk() {
        final var event = new AccountEvent.Renamed("Ada", NOON);
        final var bytes = SERIALIZATION.serialize(event).get();
        assertFalse(new String(bytes, StandardCharsets.ISO_8859_1).contains("parley"));
        assertEquals("", Serializers.manifestFor(SERIALIZATION.findSerializerFor(event), event));
    }

    @Test
    void every_message_arrives_on_another_node_as_it_was_sent() {
        final var messages = new ArrayList<ClusterMessage>();
        messages.addAll(commands());
        messages.addAll(replies());
        for (final var message : messages) {
            final var serializer = SERIALIZATION.findSerializerFor(message);
            final var back = SERIALIZATION
                    .deserialize(
                            SERIALIZATION.serialize(message).get(),
                            serializer.identifier(),
                            Serializers.manifestFor(serializer, message))
                    .get();
            assertEquals(message, back);
        }
        final var kinds = new HashSet<Class<?>>();
        kinds.addAll(Set.of(AccountCommand.class.getPermittedSubclasses()));
        for (final var family : AccountReply.class.getPermittedSubclasses()) {
            kinds.addAll(Set.of(family.getPermittedSubclasses()));
        }
        kinds.add(LinkedDevices.class);
        messages.forEach(message -> kinds.remove(message.getClass()));
        assertEquals(Set.of(), kinds, "not tried");
    }

    private static List<ClusterMessage> commands() {
        return List.of(
                new AccountCommand.Register(ADA, UID, "Ada", HASH, here()),
                new AccountCommand.Credentials(ADA, here()),
                new AccountCommand.Link(
                        ADA, 1, Optional.of(PIXEL), device(1), "n", "p", Optional.empty(), Optional.of(HASH), here()),
                new AccountCommand.Refresh(ADA, PIXEL, 2, 3, here()),
                new AccountCommand.Logout(ADA, PIXEL, 2, here()),
                new AccountCommand.ChangePassword(ADA, PIXEL, 2, 1, OTHER_HASH, here()),
                new AccountCommand.Devices(ADA, PIXEL, 2, here()),
                new AccountCommand.Unlink(ADA, PIXEL, 2, device(1), here()),
                new AccountCommand.Profile(ADA, here()),
                new AccountCommand.Rename(ADA, PIXEL, 2, "Ada", here()),
                new AccountCommand.Confirm(ADA, here()),
                new AccountCommand.UnlinkAway(ADA, PIXEL, 2, here()),
                new AccountCommand.Examine(ADA, here()),
                new AccountCommand.Disable(ADA, here()),
                new AccountCommand.Enable(ADA, here()),
                new AccountCommand.EndTokens(ADA, Optional.of(PIXEL), here()),
                new AccountCommand.Delete(ADA, here()),
                new AccountCommand.Announce(ADA),
                new AccountCommand.Remind(ADA),
                new InboxNoted(ADA, 4),
                new LinkedDevices(ADA, UID, 4, List.of(new LinkedDevice(PIXEL, 2)), false, here()),
                new LinkedDevices(ADA, UID, 6, List.of(), true, here()));
    }

    private static List<ClusterMessage> replies() {
        final var onList = List.of(new Outcome.DeviceOnList(PIXEL, "Pixel", "android", NOON));
        return List.of(
                new AccountReply.Began(ADA, UID, "Ada"),
                new AccountReply.Exists(ADA),
                new AccountReply.Known(ADA, HASH, 1),
                new AccountReply.NoAccount(ADA),
                new AccountReply.Linked(ADA, UID, PIXEL, 2, 1, NOON),
                new AccountReply.Full(ADA, onList),
                new AccountReply.PasswordMoved(ADA),
                new AccountReply.Rotated(ADA, UID, 2, NOON),
                new AccountReply.Ended(ADA),
                new AccountReply.Made(ADA),
                new AccountReply.Barred(ADA),
                new AccountReply.Examined(ADA, UID, "Ada", NOON, Optional.of(NOON), onList),
                new AccountReply.WasDeleted(ADA, UID, NOON, NOON.plusSeconds(1)),
                new AccountReply.Listed(ADA, onList),
                new AccountReply.NotOnList(ADA, PIXEL),
                new AccountReply.Shown(ADA, "Ada", UID),
                new AccountReply.Confirmed(ADA, UID, List.of(new LinkedDevice(PIXEL, 2)), 3),
                new AccountReply.AwayHandled(ADA, PIXEL, true),
                new AccountReply.NotNow(ADA));
    }

    private static <T> ActorReplyTo<T> here() {
        return new ActorReplyTo<>(HERE.ref().narrow());
    }

    private static void reads(final String name, final int serializer, final Object expected) throws IOException {
        final JsonNode example = JSON.readTree(EXAMPLES.resolve(name + ".json").toFile());
        assertEquals(expected, read(serializer, CBOR.writeValueAsBytes(example)));
        final var written = CBOR.readTree(SERIALIZATION.serialize(expected).get());
        assertEquals(example, JSON.readTree(JSON.writeValueAsString(written)));
    }

    private static Object read(final int serializer, final byte[] bytes) {
        return SERIALIZATION.deserialize(bytes, serializer, "").get();
    }
}
