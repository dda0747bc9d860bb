package io.parley.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.typesafe.config.ConfigFactory;
import io.parley.serialization.ClusterMessage;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Whatever one node tells another arrives as it was sent: each message, through the serializer the nodes use,
/// with values made up from its components.
final class ClusterMessagesTest {
    private static final List<Class<?>> MESSAGES = RecordExamples.kinds(ClusterMessage.class);

    private static final ActorTestKit KIT =
            ActorTestKit.create(ConfigFactory.load(ConfigFactory.parseResources("serialization.conf")));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @TestFactory
    Stream<DynamicTest> every_message_arrives_on_another_node_as_it_was_sent() {
        return RecordExamples.tests(MESSAGES, KIT, (sent, seed) -> assertEquals(sent, across(sent), seed));
    }

    @Test
    void the_messages_of_all_entities_are_among_them() {
        final var names = MESSAGES.stream().map(Class::getName).toList();
        for (final var known : List.of(
                "io.parley.conversation.ConversationCommand$Post",
                "io.parley.conversation.PostReply$Accepted",
                "io.parley.conversation.MemberMessage$Deliver",
                "io.parley.user.UserCommand$Attach",
                "io.parley.user.UserCommand$DevicesReply",
                "io.parley.user.Delivery$Arrived",
                "io.parley.account.AccountCommand$Register")) {
            assertTrue(names.contains(known), known);
        }
    }

    @Test
    void every_message_is_a_record() {
        assertEquals(
                List.of(),
                RecordExamples.concrete(ClusterMessage.class)
                        .filter(kind -> !kind.isRecord())
                        .map(JavaClass::getName)
                        .toList());
    }

    private static Object across(final Object sent) {
        final var serialization = SerializationExtension.get(Adapter.toClassic(KIT.system()));
        final var serializer = serialization.findSerializerFor(sent);
        assertEquals(
                "org.apache.pekko.serialization.jackson.JacksonCborSerializer",
                serializer.getClass().getName());
        return serialization
                .deserialize(
                        serialization.serialize(sent).get(),
                        serializer.identifier(),
                        Serializers.manifestFor(serializer, sent))
                .get();
    }
}
