package io.parley.cluster;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;

/// Where an answer goes. In a node it is an actor, perhaps on another node ([ActorReplyTo]); under the
/// simulator it is whatever the simulator says. So the classes that decide never see an actor.
///
/// @param <T> the answers it takes
@JsonSerialize(using = ActorReplyTo.Writer.class)
@JsonDeserialize(using = ActorReplyTo.Reader.class)
public interface ReplyTo<T> {
    /// Sends `message`, at most once and without waiting.
    void tell(T message);
}
