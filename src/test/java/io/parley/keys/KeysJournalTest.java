package io.parley.keys;

import static io.parley.keys.KeysFixtures.BO;
import static io.parley.keys.KeysFixtures.BOS;
import static io.parley.keys.KeysFixtures.LAPTOP;
import static io.parley.keys.KeysFixtures.NOON;
import static io.parley.keys.KeysFixtures.PHONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.parley.content.Octets;
import io.parley.serialization.Journaled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
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

/// What was written of anybody's keys once must read for ever, and be written the same way. The bytes stand in
/// files, with the same in JSON beside them for people.
final class KeysJournalTest {
    private static final Path EXAMPLES = Path.of("src", "test", "resources", "journal", "keys");
    private static final int EVENTS = 7_355_401;
    private static final int STATES = 7_355_402;
    private static final ActorTestKit KIT = ActorTestKit.create(KeysFixtures.config());
    private static final Serialization SERIALIZATION = SerializationExtension.get(Adapter.toClassic(KIT.system()));

    private static final StoredPackage PACKAGE =
            new StoredPackage(octets("aa01"), octets("0001000100"), NOON.plus(Duration.ofDays(90)));
    private static final StoredPackage OTHER =
            new StoredPackage(octets("aa02"), octets("0001000101"), NOON.plus(Duration.ofDays(400)));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static Map<String, Journaled> examples() {
        final var all = new LinkedHashMap<String, Journaled>();
        all.put("identity", new KeysEvent.IdentitySet(octets("0102"), PHONE, NOON));
        all.put("device", new KeysEvent.DevicePublished(PHONE, 2, octets("0304"), Optional.of(octets("05")), NOON));
        all.put("device-first", new KeysEvent.DevicePublished(PHONE, 2, octets("0304"), Optional.empty(), NOON));
        all.put("signed", new KeysEvent.DeviceSigned(LAPTOP, octets("06"), PHONE, Optional.of(octets("07")), NOON));
        all.put("signed-itself", new KeysEvent.DeviceSigned(PHONE, octets("06"), PHONE, Optional.empty(), NOON));
        all.put("gone", new KeysEvent.DevicesGone(List.of(PHONE, LAPTOP), NOON));
        all.put("stocked", new KeysEvent.PackagesStocked(PHONE, List.of(PACKAGE), Optional.of(OTHER), NOON));
        all.put("dropped", new KeysEvent.PackagesDropped(PHONE));
        all.put(
                "claimed",
                new KeysEvent.PackagesClaimed(
                        "c-1", BO, BOS, List.of(new KeysEvent.Taken(PHONE, octets("aa01"))), NOON));
        all.put("erased", new KeysEvent.Erased(NOON));
        all.put("state-none", KeysState.NONE);
        all.put("state-erased", new KeysState(Optional.empty(), 7, List.of(), List.of(), 12, true));
        all.put(
                "state",
                new KeysState(
                        Optional.of(new KeysState.Identity(octets("0102"), NOON)),
                        5,
                        List.of(
                                new KeysState.Device(
                                        PHONE,
                                        2,
                                        octets("0304"),
                                        Optional.empty(),
                                        NOON,
                                        Optional.of(new KeysState.Signed(octets("06"), PHONE, Optional.empty())),
                                        List.of(PACKAGE),
                                        Optional.of(OTHER)),
                                new KeysState.Device(
                                        LAPTOP,
                                        4,
                                        octets("0305"),
                                        Optional.of(octets("05")),
                                        NOON,
                                        Optional.empty(),
                                        List.of(),
                                        Optional.empty())),
                        List.of(new KeysState.Handed(
                                "c-1",
                                BO,
                                BOS,
                                List.of(new KeysState.HandedPackage(PHONE, octets("0001000102"))),
                                NOON)),
                        9,
                        false));
        return all;
    }

    @TestFactory
    Stream<DynamicTest> every_example_reads_as_what_it_meant_and_is_written_the_same_today() {
        return examples().entrySet().stream()
                .map(example -> DynamicTest.dynamicTest(example.getKey(), () -> {
                    final var stored = Files.readAllBytes(file(example.getKey(), ".cbor"));
                    final var serializer = SERIALIZATION.findSerializerFor(example.getValue());
                    assertEquals(example.getKey().startsWith("state") ? STATES : EVENTS, serializer.identifier());
                    assertEquals("", Serializers.manifestFor(serializer, example.getValue()));
                    assertEquals(
                            example.getValue(),
                            SERIALIZATION
                                    .deserialize(stored, serializer.identifier(), "")
                                    .get());
                    final var written =
                            SERIALIZATION.serialize(example.getValue()).get();
                    assertEquals(new CBORMapper().readTree(stored), new CBORMapper().readTree(written));
                    assertEquals(Files.readString(file(example.getKey(), ".json")), json(stored));
                    assertFalse(new String(written, StandardCharsets.ISO_8859_1).contains("parley")); // no class names
                }));
    }

    @Test
    void every_kind_of_event_has_an_example_and_every_file_is_one() throws IOException {
        final var named = new TreeSet<String>();
        examples().keySet().forEach(name -> named.addAll(List.of(name + ".cbor", name + ".json")));
        try (var files = Files.list(EXAMPLES)) {
            assertEquals(
                    named,
                    files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new)));
        }
        final var kinds =
                Arrays.asList(KeysEvent.class.getAnnotation(JsonSubTypes.class).value());
        assertEquals(
                Set.of(KeysEvent.class.getPermittedSubclasses()),
                kinds.stream()
                        .map(JsonSubTypes.Type::value)
                        .filter(kind -> !kind.equals(KeysEvent.Taken.class))
                        .collect(Collectors.toSet()));
        for (final var kind : kinds) {
            final var example = Optional.ofNullable(examples().get(kind.name()));
            assertEquals(
                    Optional.of(kind.value()),
                    example.map(Object::getClass),
                    kind.name() + " is the name on the disk, for ever");
        }
    }

    private static Octets octets(final String hex) {
        return Octets.of(HexFormat.of().parseHex(hex));
    }

    private static Path file(final String name, final String suffix) {
        return EXAMPLES.resolve(name + suffix);
    }

    private static String json(final byte[] cbor) throws IOException {
        final var tree = new ObjectMapper().writeValueAsString(new CBORMapper().readTree(cbor));
        return new ObjectMapper().readTree(tree).toPrettyString() + "\n";
    }

    /// Writes the files that are missing, as a node would write them now.
    public static void main(final String[] args) throws IOException {
        for (final var example : examples().entrySet()) {
            if (!Files.exists(file(example.getKey(), ".cbor"))) {
                final var bytes = SERIALIZATION.serialize(example.getValue()).get();
                Files.write(file(example.getKey(), ".cbor"), bytes);
                Files.writeString(file(example.getKey(), ".json"), json(bytes));
            }
        }
        KIT.shutdownTestKit();
    }
}
