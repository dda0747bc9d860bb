package io.parley.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.typesafe.config.ConfigFactory;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.ConversationEvent;
import io.parley.conversation.Entry;
import io.parley.serialization.ClusterMessage;
import io.parley.serialization.Journaled;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiFunction;
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

/// Nodes of two versions understand each other and each other's journal while the one has optional fields that
/// the other does not know: in every event, snapshot and message, at every depth.
final class AddedFieldsTest {
    private static final List<Class<?>> KINDS = RecordExamples.kinds(ClusterMessage.class, Journaled.class);

    /// Were there before the list of uploads in them, their only list.
    private static final Set<Class<?>> WITH_UPLOADS =
            Set.of(ConversationCommand.Post.class, ConversationEvent.MessagePosted.class, Entry.class);

    private static final CBORMapper CBOR = new CBORMapper();

    private static final ActorTestKit KIT =
            ActorTestKit.create(ConfigFactory.load(ConfigFactory.parseResources("account.conf")
                    .withFallback(ConfigFactory.parseResources("keys.conf"))
                    .withFallback(ConfigFactory.parseResources("serialization.conf"))));
    private static final Serialization SERIALIZATION = SerializationExtension.get(Adapter.toClassic(KIT.system()));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @TestFactory
    Stream<DynamicTest> fields_that_are_not_known_yet_are_passed_over() {
        return read(AddedFieldsTest::withUnknownFields);
    }

    @TestFactory
    Stream<DynamicTest> optional_fields_that_an_older_node_does_not_write_are_empty() {
        return read(AddedFieldsTest::withoutOptionalFields);
    }

    @Test
    void all_that_is_stored_and_all_that_is_sent_is_among_them() {
        final var names = KINDS.stream().map(Class::getName).toList();
        for (final var known : List.of(
                "io.parley.conversation.ConversationEvent$MessagePosted",
                "io.parley.conversation.ConversationSnapshot",
                "io.parley.user.UserEvent$ChatsMoved",
                "io.parley.user.UserSnapshot",
                "io.parley.account.AccountEvent$Registered",
                "io.parley.account.AccountState$Somebody",
                "io.parley.keys.KeysEvent$PackagesClaimed",
                "io.parley.keys.KeysState",
                "io.parley.cluster.LeaseMessage$Question",
                "io.parley.conversation.ConversationCommand$Post")) {
            assertTrue(names.contains(known), known);
        }
    }

    /// @param change to what was written of a value; returns what is read of it then
    private static Stream<DynamicTest> read(final BiFunction<JsonNode, Object, Object> change) {
        return RecordExamples.tests(KINDS, KIT, (value, seed) -> {
            final var tree = CBOR.readTree(SERIALIZATION.serialize(value).get());
            final var expected = change.apply(tree, value);
            assertEquals(expected, read(tree, value), () -> seed + ": " + tree);
        });
    }

    private static Object read(final JsonNode tree, final Object value) throws IOException {
        final var serializer = SERIALIZATION.findSerializerFor(value);
        return SERIALIZATION
                .deserialize(
                        CBOR.writeValueAsBytes(tree),
                        serializer.identifier(),
                        Serializers.manifestFor(serializer, value))
                .get();
    }

    private static Object withUnknownFields(final JsonNode tree, final Object value) {
        parts(tree, value, (fields, each) -> {
            fields.putArray("of tomorrow").addObject().put("a", 1).putNull("b");
            return each;
        });
        return value;
    }

    private static Object withoutOptionalFields(final JsonNode tree, final Object value) {
        return parts(tree, value, (fields, each) -> {
            final var emptied = new ArrayList<>();
            for (final var component : each.getClass().getRecordComponents()) {
                final var empty = empty(component);
                emptied.add(empty.orElseGet(() -> of(each, component)));
                if (empty.isPresent()) {
                    fields.remove(name(component));
                }
            }
            return made(each.getClass(), emptied.toArray());
        });
    }

    /// Every record in a value, inner ones first, with the fields that were written of it.
    ///
    /// @param change to the fields; returns what stands in the record's place then
    private static Object parts(
            final JsonNode tree, final Object value, final BiFunction<ObjectNode, Object, Object> change) {
        if (value instanceof final Optional<?> optional) {
            return optional.isEmpty() ? value : Optional.of(parts(tree, optional.get(), change));
        }
        if (value instanceof final List<?> list && tree instanceof final ArrayNode array) {
            final var changed = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                changed.add(parts(array.get(i), list.get(i), change));
            }
            return changed;
        }
        if (value instanceof final Record each && tree instanceof final ObjectNode fields) {
            final var components = each.getClass().getRecordComponents();
            final var changed = Arrays.stream(components)
                    .map(component -> {
                        final var part = of(each, component);
                        final var written = fields.get(name(component));
                        return written == null ? part : parts(written, part, change);
                    })
                    .toArray();
            return change.apply(fields, made(each.getClass(), changed));
        }
        return value; // written as a text or a number; maps hold nothing else
    }

    private static Optional<Object> empty(final RecordComponent component) {
        return WITH_UPLOADS.contains(component.getDeclaringRecord()) && component.getType() == List.class
                ? Optional.of(List.of())
                : empty(component.getType());
    }

    private static Optional<Object> empty(final Class<?> type) {
        return type == Optional.class
                ? Optional.of(Optional.empty())
                : type == OptionalLong.class
                        ? Optional.of(OptionalLong.empty())
                        : type == OptionalInt.class ? Optional.of(OptionalInt.empty()) : Optional.empty();
    }

    private static String name(final RecordComponent component) {
        final var given = component.getAccessor().getAnnotation(JsonProperty.class);
        return given == null ? component.getName() : given.value();
    }

    private static Object of(final Object of, final RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(of);
        } catch (final ReflectiveOperationException hidden) {
            throw new IllegalStateException(hidden);
        }
    }

    private static Object made(final Class<?> kind, final Object[] components) {
        try {
            final Constructor<?> constructor = kind.getDeclaredConstructor(Arrays.stream(kind.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(components);
        } catch (final ReflectiveOperationException hidden) {
            throw new IllegalStateException(hidden);
        }
    }
}
