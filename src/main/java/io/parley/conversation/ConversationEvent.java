package io.parley.conversation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.parley.content.JsonText;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.serialization.Journaled;
import java.util.Optional;

/// What stands in a conversation's journal: every event is an entry of the log, its sequence number the entry's
/// `seq`. Edit as you would a database: names and shapes here are on people's disks.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes(@JsonSubTypes.Type(value = ConversationEvent.MessagePosted.class, name = "posted"))
public sealed interface ConversationEvent extends Journaled {
    /// A message.
    ///
    /// @param atMillis milliseconds since the epoch; never less than the entry's before
    /// @param nth      how many entries of this author the log holds with this one: what makes unread counts
    /// cheap
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record MessagePosted(
            @JsonProperty("a") UserId author,
            @JsonProperty("d") DeviceId device,
            @JsonProperty("i") MessageId id,
            @JsonProperty("at") long atMillis,
            @JsonProperty("b") JsonText body,
            @JsonProperty("c") Optional<JsonText> client,
            @JsonProperty("n") long nth)
            implements ConversationEvent {
        @SuppressWarnings("NullAway") // Jackson gives null for an absent property
        public MessagePosted {
            client = client == null ? Optional.empty() : client;
        }
    }
}
