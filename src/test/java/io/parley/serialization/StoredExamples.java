package io.parley.serialization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.typesafe.config.ConfigFactory;
import io.parley.content.JsonText;
import io.parley.content.Octets;
import io.parley.conversation.ConversationEvent;
import io.parley.conversation.ConversationSnapshot;
import io.parley.conversation.Group;
import io.parley.conversation.Leaf;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.user.UserEvent;
import io.parley.user.UserSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;

/// What conversations and users have written into the journal at one time or another, and what each means: the
/// bytes stand in `src/test/resources/journal`, beside them the same as JSON for people. A new event, or a new
/// shape of an old one, adds an example here and its file by [#main]; a file that is there is never written
/// again.
final class StoredExamples {
    static final Path DIRECTORY = Path.of("src", "test", "resources", "journal");

    private static final UserId ADA = new UserId("ada.l-1");
    private static final UserId BO = new UserId("bo");
    private static final ConversationId WITH_BO = new ConversationId("ada.l-1~bo");
    private static final ConversationId NOTES = new ConversationId("ada.l-1~ada.l-1");
    private static final ConversationId GROUP = new ConversationId("g.0195e7f8-2c3d-7a10-9b1e-5f0c2d3e4a5b");
    private static final DeviceId PIXEL = new DeviceId("00c0ffee00c0ffee");
    private static final DeviceId LAPTOP = new DeviceId("0000000000000002");
    private static final long NOON = 1_772_366_400_123L; // 2026-03-01T12:00:00.123Z

    private static final Leaf LEAF =
            new Leaf(0, ADA, PIXEL, octets("uid:c0ffee00c0ffee"), octets("key of the pixel"), 1);
    private static final Leaf OTHER_LEAF = new Leaf(3, BO, LAPTOP, octets("uid:2"), octets("its key"), 2);

    private StoredExamples() {}

    private static Octets octets(final String text) {
        return Octets.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// An example.
    ///
    /// @param family directory and first part of the serializer's name
    /// @param name   the event's frozen name, or `snapshot`; what follows a `-` tells variants of one apart
    record Example(String family, String name, int serializer, Journaled meaning) {
        Path cbor() {
            return DIRECTORY.resolve(family).resolve(name + ".cbor");
        }

        Path json() {
            return DIRECTORY.resolve(family).resolve(name + ".json");
        }

        String kind() {
            return name.split("-", 2)[0];
        }
    }

    static List<Example> all() {
        return List.of(
                conversation(
                        "posted",
                        new ConversationEvent.MessagePosted(
                                ADA,
                                PIXEL,
                                new MessageId("0195e7f8-2c3d-7a10-9b1e-5f0c2d3e4a5b"),
                                NOON,
                                new JsonText("{\"type\":\"text\",\"text\":\"κόσμε 👋 \\\"quoted\\\"\"}"),
                                Optional.empty(),
                                List.of(),
                                17)),
                conversation(
                        "posted-client",
                        new ConversationEvent.MessagePosted(
                                BO,
                                LAPTOP,
                                new MessageId("m-1"),
                                NOON,
                                new JsonText("{\"type\":\"text\",\"text\":\"hi\",\"later\":[1,2.5,null]}"),
                                Optional.of(new JsonText("{\"draft\":7}")),
                                List.of(),
                                1)),
                conversation(
                        "posted-media",
                        new ConversationEvent.MessagePosted(
                                BO,
                                LAPTOP,
                                new MessageId("m-2"),
                                NOON,
                                new JsonText("{\"type\":\"mls\",\"message\":\"AAEA\"}"),
                                Optional.empty(),
                                List.of(
                                        new MediaId("5d41402abc4b2a76b9719d911017c592"),
                                        new MediaId("7d793037a0760186574b0282f2f435e7")),
                                2)),
                conversation(
                        "commit",
                        new ConversationEvent.CommitPosted(
                                ADA,
                                PIXEL,
                                new MessageId("c-2"),
                                NOON,
                                18,
                                octets("ada.l-1~bo/1"),
                                2,
                                octets("a commit"),
                                LEAF,
                                List.of(OTHER_LEAF),
                                List.of(LEAF),
                                Optional.of(octets("hash of the welcome")),
                                octets("hash of the group info"),
                                Optional.of(octets("hash of the tree")))),
                conversation(
                        "commit-update",
                        new ConversationEvent.CommitPosted(
                                ADA,
                                PIXEL,
                                new MessageId("c-3"),
                                NOON,
                                19,
                                octets("ada.l-1~bo/1"),
                                3,
                                octets("a commit"),
                                LEAF,
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                octets("hash of the group info"),
                                Optional.empty())),
                new Example(
                        "conversation",
                        "snapshot-group",
                        7_355_202,
                        new ConversationSnapshot(
                                19,
                                NOON,
                                List.of(ADA),
                                List.of(19L),
                                Optional.of(new Group(
                                        octets("ada.l-1~bo/1"),
                                        3,
                                        19,
                                        List.of(LEAF, OTHER_LEAF),
                                        octets("hash of the group info"),
                                        Optional.of(octets("hash of the tree")))),
                                Optional.empty(),
                                List.of("c-3"),
                                List.of(0),
                                List.of(NOON))),
                new Example(
                        "conversation",
                        "snapshot-commits",
                        7_355_202,
                        new ConversationSnapshot(
                                5_000_000_000L,
                                NOON,
                                List.of(ADA, BO),
                                List.of(4_999_999_990L, 10L),
                                Optional.of(new Group(
                                        octets("ada.l-1~bo/1"),
                                        3,
                                        5_000_000_000L,
                                        List.of(LEAF, OTHER_LEAF),
                                        octets("hash of the group info"),
                                        Optional.empty())),
                                Optional.of(new ConversationSnapshot.Commits(
                                        List.of(17L, 4_999_999_000L, 5_000_000_000L), List.of(1, 0, 0))),
                                List.of("m-2", "c-3"),
                                List.of(1, 0),
                                List.of(NOON - 1, NOON))),
                new Example(
                        "conversation",
                        "snapshot",
                        7_355_202,
                        new ConversationSnapshot(
                                5_000_000_000L,
                                NOON,
                                List.of(ADA, BO),
                                List.of(4_999_999_990L, 10L),
                                Optional.empty(),
                                Optional.empty(),
                                List.of("m-1", "0195e7f8-2c3d-7a10-9b1e-5f0c2d3e4a5b", "m-2"),
                                List.of(1, 0, 1),
                                List.of(NOON - 2, NOON - 1, NOON))),
                new Example(
                        "conversation",
                        "snapshot-empty",
                        7_355_202,
                        new ConversationSnapshot(
                                0,
                                0,
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                List.of())),
                user(
                        "devices",
                        new UserEvent.DevicesLinked(
                                "4f6c2c1e-7d1a-4c55-9a34-0c5a2f1b9e10",
                                3,
                                List.of(new UserEvent.Linked(PIXEL, 2), new UserEvent.Linked(LAPTOP, 1)),
                                NOON)),
                user("opened", new UserEvent.ChatOpened(WITH_BO, 41, NOON)),
                user("opened-group", new UserEvent.ChatOpened(GROUP, 0, NOON)),
                user(
                        "moved",
                        new UserEvent.ChatsMoved(List.of(
                                new UserEvent.Moved(
                                        WITH_BO, 42, NOON, 42, 40, Map.of(PIXEL, 42L, LAPTOP, 7L), false, true),
                                new UserEvent.Moved(NOTES, 5_000_000_000L, NOON, 5, 4, Map.of(), true, true),
                                new UserEvent.Moved(GROUP, 0, 0, 0, 0, Map.of(), false, false)))),
                user("seen", new UserEvent.Seen(PIXEL, NOON, true, "20260301T120000Z-1f3a")),
                user("seen-left", new UserEvent.Seen(PIXEL, NOON + 1, false, "20260301T120000Z-1f3a")),
                user("settings", new UserEvent.SettingsChanged("written-to", false)),
                user("erased", new UserEvent.Erased(9, List.of(WITH_BO, GROUP), NOON)),
                user("erased-wholly", new UserEvent.Erased(9, List.of(), NOON)),
                new Example(
                        "user",
                        "snapshot",
                        7_355_302,
                        new UserSnapshot(
                                "4f6c2c1e-7d1a-4c55-9a34-0c5a2f1b9e10",
                                3,
                                List.of(
                                        new UserSnapshot.Device(PIXEL, 2, NOON, "20260301T120000Z-1f3a", 0),
                                        new UserSnapshot.Device(LAPTOP, 1, 0, "", 0)),
                                "nobody",
                                true,
                                List.of(
                                        new UserSnapshot.Chat(
                                                WITH_BO, true, 42, NOON, 42, 40, 39, 7, Map.of(PIXEL, 42L), true, true),
                                        new UserSnapshot.Chat(
                                                NOTES, false, 5, NOON, 5, 5, 5, 5, Map.of(), false, false)),
                                List.of())),
                new Example(
                        "user",
                        "snapshot-nobody",
                        7_355_302,
                        new UserSnapshot("", 0, List.of(), "everyone", true, List.of(), List.of())),
                new Example(
                        "user",
                        "snapshot-linked",
                        7_355_302,
                        new UserSnapshot(
                                "4f6c2c1e-7d1a-4c55-9a34-0c5a2f1b9e10",
                                1,
                                List.of(new UserSnapshot.Device(PIXEL, 1, 0, "", NOON)),
                                "everyone",
                                true,
                                List.of(),
                                List.of())),
                new Example(
                        "user",
                        "snapshot-erased",
                        7_355_302,
                        new UserSnapshot("", 9, List.of(), "everyone", true, List.of(), List.of(WITH_BO, GROUP))));
    }

    private static Example conversation(final String name, final ConversationEvent event) {
        return new Example("conversation", name, 7_355_201, event);
    }

    private static Example user(final String name, final UserEvent event) {
        return new Example("user", name, 7_355_301, event);
    }

    static ActorTestKit kit() {
        return ActorTestKit.create(ConfigFactory.load(ConfigFactory.parseResources("serialization.conf")));
    }

    static JsonNode tree(final byte[] cbor) throws IOException {
        return new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(new CBORMapper().readTree(cbor)));
    }

    /// Writes the files that are missing, as the node would write them now.
    public static void main(final String[] args) throws IOException {
        final var kit = kit();
        final var serialization = SerializationExtension.get(Adapter.toClassic(kit.system()));
        for (final var example : all()) {
            if (!Files.exists(example.cbor())) {
                final var bytes = serialization.serialize(example.meaning()).get();
                Files.write(example.cbor(), bytes);
                Files.writeString(
                        example.json(),
                        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(tree(bytes)) + "\n");
            }
        }
        kit.shutdownTestKit();
    }
}
