package io.parley.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.typesafe.config.ConfigFactory;
import io.parley.cluster.ActorReplyTo;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.io.IOException;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.Test;

/// What a node of a version that did not know something yet says without it.
final class OlderNodesTest {
    @Test
    void a_list_of_devices_that_does_not_say_whether_the_account_is_gone_is_of_one_that_is_not() throws IOException {
        final var cbor = new CBORMapper();
        final var kit = ActorTestKit.create(ConfigFactory.load(ConfigFactory.parseResources("serialization.conf")));
        try {
            final var serialization = SerializationExtension.get(Adapter.toClassic(kit.system()));
            final var command = new UserCommand.LinkDevices(
                    new UserId("ada"),
                    "uid",
                    4,
                    List.of(new UserEvent.Linked(DeviceId.of(1), 2)),
                    false,
                    new ActorReplyTo<>(
                            kit.<UserCommand.DevicesNoted>createTestProbe().ref()));
            final var serializer = serialization.findSerializerFor(command);
            final var fields =
                    (ObjectNode) cbor.readTree(serialization.serialize(command).get());
            assertNotNull(fields.remove("gone"));
            final var read = serialization
                    .deserialize(
                            cbor.writeValueAsBytes(fields),
                            serializer.identifier(),
                            Serializers.manifestFor(serializer, command))
                    .get();
            assertEquals(command, read);
        } finally {
            kit.shutdownTestKit();
        }
    }
}
