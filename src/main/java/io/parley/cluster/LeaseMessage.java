package io.parley.cluster;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.parley.serialization.ClusterMessage;
import java.util.Optional;
import java.util.UUID;

/// What the keepers of the nodes' leases say to each other.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LeaseMessage.Question.class, name = "question"),
    @JsonSubTypes.Type(value = LeaseMessage.Answer.class, name = "answer")
})
sealed interface LeaseMessage extends LeaseKeeper.Command, ClusterMessage {
    /// Do you take me for a member?
    ///
    /// @param number  which question this is
    /// @param address the asker's
    /// @param uid     and which start of it
    /// @param cluster what the asker knows of the cluster's identity
    record Question(long number, String address, long uid, Optional<UUID> cluster, ReplyTo<LeaseMessage> replyTo)
            implements LeaseMessage {}

    /// Yes or no.
    ///
    /// @param number  the question's
    /// @param address who answers
    /// @param agreed  the asker is a member
    /// @param gone    the asker is known to be downed or removed
    /// @param cluster what the answerer knows of the cluster's identity
    record Answer(long number, String address, boolean agreed, boolean gone, Optional<UUID> cluster)
            implements LeaseMessage {}
}
