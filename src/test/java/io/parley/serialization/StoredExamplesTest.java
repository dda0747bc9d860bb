package io.parley.serialization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.parley.conversation.ConversationEvent;
import io.parley.conversation.ConversationSnapshot;
import io.parley.user.UserEvent;
import io.parley.user.UserSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What conversations and users have ever written must read for ever.
final class StoredExamplesTest {
    /// On people's disks: what stands here never changes, it only grows.
    private static final Map<String, Integer> SERIALIZERS = Map.of(
            "conversation-event", 7_355_201,
            "conversation-snapshot", 7_355_202,
            "user-event", 7_355_301,
            "user-snapshot", 7_355_302);

    private static final Map<Class<?>, Set<String>> NAMES = Map.of(
            ConversationEvent.class, Set.of("posted", "commit"),
            UserEvent.class, Set.of("devices", "opened", "moved", "seen", "settings", "erased"));

    private static final ActorTestKit KIT = StoredExamples.kit();
    private static final Serialization SERIALIZATION = SerializationExtension.get(Adapter.toClassic(KIT.system()));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @TestFactory
    Stream<DynamicTest> every_stored_example_reads_as_what_it_meant() {
        return StoredExamples.all().stream()
                .map(example -> DynamicTest.dynamicTest(example.family() + " " + example.name(), () -> {
                    final var stored = Files.readAllBytes(example.cbor());
                    assertEquals(
                            example.meaning(),
                            SERIALIZATION
                                    .deserialize(stored, example.serializer(), "")
                                    .get());
                    assertEquals(
                            new ObjectMapper().readTree(example.json().toFile()),
                            StoredExamples.tree(stored),
                            "the JSON beside it says something else");
                }));
    }

    @TestFactory
    Stream<DynamicTest> what_is_written_today_is_what_was_written() {
        return StoredExamples.all().stream()
                .map(example -> DynamicTest.dynamicTest(example.family() + " " + example.name(), () -> {
                    final var serializer = SERIALIZATION.findSerializerFor(example.meaning());
                    assertEquals(example.serializer(), serializer.identifier());
                    assertEquals("", Serializers.manifestFor(serializer, example.meaning()));
                    final var bytes = SERIALIZATION.serialize(example.meaning()).get();
                    // as trees, since cursors come in any order
                    assertEquals(StoredExamples.tree(Files.readAllBytes(example.cbor())), StoredExamples.tree(bytes));
                    assertFalse(new String(bytes, StandardCharsets.ISO_8859_1).contains("parley")); // no class names
                }));
    }

    @Test
    void frozen_names_are_as_listed_and_each_has_an_example() {
        NAMES.forEach((family, names) -> {
            final var kinds = List.of(family.getAnnotation(JsonSubTypes.class).value());
            assertEquals(names, kinds.stream().map(JsonSubTypes.Type::name).collect(Collectors.toSet()));
            assertEquals(
                    Set.of(family.getPermittedSubclasses()),
                    kinds.stream().map(JsonSubTypes.Type::value).collect(Collectors.toSet()));
            for (final var kind : kinds) {
                assertEquals(
                        Set.of(kind.value()),
                        StoredExamples.all().stream()
                                .filter(example -> family.isInstance(example.meaning())
                                        && example.kind().equals(kind.name()))
                                .map(example -> example.meaning().getClass())
                                .collect(Collectors.toSet()),
                        "examples of " + kind.name());
            }
        });
    }

    @Test
    void every_file_is_an_example_and_every_example_a_file() throws IOException {
        for (final var family : List.of("conversation", "user")) {
            final var expected = new TreeSet<String>();
            StoredExamples.all().stream()
                    .filter(example -> example.family().equals(family))
                    .forEach(example -> expected.addAll(List.of(example.name() + ".cbor", example.name() + ".json")));
            try (var files = Files.list(StoredExamples.DIRECTORY.resolve(family))) {
                assertEquals(
                        expected,
                        files.map(file -> file.getFileName().toString())
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
    }

    @Test
    void serializers_are_as_listed() {
        final var config = KIT.system().settings().config();
        final var ids = new HashMap<String, Integer>();
        final var ours = config.getConfig("pekko.actor.serialization-identifiers");
        SERIALIZERS.keySet().forEach(name -> ids.put(name, ours.getInt(name)));
        assertEquals(SERIALIZERS, ids);
        assertEquals(ids.size(), new HashSet<>(ids.values()).size());
        final Map<Class<?>, String> bindings = Map.of(
                ConversationEvent.class, "conversation-event",
                ConversationSnapshot.class, "conversation-snapshot",
                UserEvent.class, "user-event",
                UserSnapshot.class, "user-snapshot");
        StoredExamples.all().forEach(example -> {
            final var bound = bindings.entrySet().stream()
                    .filter(binding -> binding.getKey().isInstance(example.meaning()))
                    .map(Map.Entry::getValue)
                    .toList();
            assertEquals(
                    List.of(example.serializer()),
                    bound.stream().map(SERIALIZERS::get).toList());
        });
    }

    @Test
    void a_large_snapshot_reads_back() {
        final var many = IntStream.range(0, 5_000).boxed().toList();
        final var snapshot = new ConversationSnapshot(
                5_000,
                1,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                many.stream().map(i -> "message-" + i).toList(),
                many.stream().map(_ -> 0).toList(),
                many.stream().map(i -> 1_772_366_400_123L + i).toList());
        final var bytes = SERIALIZATION.serialize(snapshot).get();
        assertEquals(snapshot, SERIALIZATION.deserialize(bytes, 7_355_202, "").get());
    }
}
