package io.parley.user;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.serialization.Journaled;
import java.util.List;
import java.util.Map;

/// What a user's snapshot stores. Times are milliseconds since the epoch.
///
/// @param uid     empty if there is no such user
/// @param relying of an inbox that was erased: conversations that have not heard so yet; absent in snapshots
///                from before accounts could be deleted
public record UserSnapshot(
        @JsonProperty("uid") String uid,
        @JsonProperty("v") long version,
        @JsonProperty("ds") List<Device> devices,
        @JsonProperty("ls") String lastSeen,
        @JsonProperty("rr") boolean readReceipts,
        @JsonProperty("cs") List<Chat> chats,

        @JsonProperty("re") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<ConversationId> relying)
        implements Journaled {
    @SuppressWarnings("NullAway") // Jackson gives null for an absent property
    public UserSnapshot {
        relying = relying == null ? List.of() : List.copyOf(relying);
    }

    /// One linked device.
    ///
    /// @param seenMillis   when it was last seen; 0: never
    /// @param life         the life of the node that held its session, if one has started and not ended; else
    ///                     empty
    /// @param linkedMillis when the inbox first heard of it; 0 in snapshots that do not say so
    public record Device(
            @JsonProperty("d") DeviceId device,
            @JsonProperty("g") long generation,
            @JsonProperty("s") long seenMillis,
            @JsonProperty("l") String life,

            @JsonProperty("k") @JsonInclude(JsonInclude.Include.NON_DEFAULT)
            long linkedMillis) {}

    /// One conversation.
    ///
    /// @param base    where every device stands that `cursors` does not name
    /// @param shared  the read cursor as far as others may know it
    /// @param untold  the conversation has perhaps not heard of the watermark yet
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Chat(
            @JsonProperty("c") ConversationId conversation,
            @JsonProperty("o") boolean open,
            @JsonProperty("h") long head,
            @JsonProperty("at") long atMillis,
            @JsonProperty("d") long delivered,
            @JsonProperty("r") long read,
            @JsonProperty("s") long shared,
            @JsonProperty("b") long base,

            @JsonProperty("x") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Map<DeviceId, Long> cursors,

            @JsonProperty("w") boolean wrote,
            @JsonProperty("u") boolean untold) {
        @SuppressWarnings("NullAway") // Jackson gives null for an absent property
        public Chat {
            cursors = cursors == null ? Map.of() : Map.copyOf(cursors);
        }
    }
}
