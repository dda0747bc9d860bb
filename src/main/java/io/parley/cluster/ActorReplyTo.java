package io.parley.cluster;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import org.apache.pekko.actor.typed.ActorRef;

/// An answer that goes to an actor. On the way to another node it is the actor's path, as Pekko's own Jackson
/// module writes it.
///
/// @param ref the actor
public record ActorReplyTo<T>(ActorRef<T> ref) implements ReplyTo<T> {
    @Override
    public void tell(final T message) {
        ref.tell(message);
    }

    static final class Writer extends JsonSerializer<ReplyTo<?>> {
        @Override
        public void serialize(final ReplyTo<?> value, final JsonGenerator out, final SerializerProvider provider)
                throws IOException {
            if (value instanceof ActorReplyTo<?>(final var ref)) {
                provider.defaultSerializeValue(ref, out);
            } else {
                throw new IOException("only an actor's address can leave the node, not a " + value.getClass());
            }
        }
    }

    static final class Reader extends JsonDeserializer<ReplyTo<?>> {
        @Override
        public ReplyTo<?> deserialize(final JsonParser in, final DeserializationContext context) throws IOException {
            final ActorRef<?> ref = context.readValue(in, ActorRef.class);
            return new ActorReplyTo<>(ref);
        }
    }
}
