package io.parley.user;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.serialization.Journaled;
import java.util.List;
import java.util.Map;

/// What stands in a user's journal. Edit as you would a database: names and shapes here are on people's disks.
/// Times are milliseconds since the epoch.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
    @JsonSubTypes.Type(value = UserEvent.DevicesLinked.class, name = "devices"),
    @JsonSubTypes.Type(value = UserEvent.ChatOpened.class, name = "opened"),
    @JsonSubTypes.Type(value = UserEvent.ChatsMoved.class, name = "moved"),
    @JsonSubTypes.Type(value = UserEvent.Seen.class, name = "seen"),
    @JsonSubTypes.Type(value = UserEvent.SettingsChanged.class, name = "settings"),
    @JsonSubTypes.Type(value = UserEvent.Erased.class, name = "erased")
})
public sealed interface UserEvent extends Journaled {
    /// The account's linked devices, all of them; the first such event is the user's beginning.
    ///
    /// @param version the account's own count of its changes: a later list has a higher one
    record DevicesLinked(
            @JsonProperty("uid") String uid,
            @JsonProperty("v") long version,
            @JsonProperty("ds") List<Linked> devices,
            @JsonProperty("at") long atMillis)
            implements UserEvent {}

    /// One linked device.
    ///
    /// @param generation of its tokens; sessions of an older one end
    record Linked(
            @JsonProperty("d") DeviceId device,
            @JsonProperty("g") long generation) {}

    /// The conversation may hold something above `head` that is owed to a device: it is open from now on.
    record ChatOpened(
            @JsonProperty("c") ConversationId conversation,
            @JsonProperty("h") long head,
            @JsonProperty("at") long atMillis)
            implements UserEvent {}

    /// Cursors have moved, or conversations are settled.
    record ChatsMoved(@JsonProperty("ms") List<Moved> chats) implements UserEvent {}

    /// Where one conversation stands now; each value is at least what it was.
    ///
    /// @param head      the last known `seq`
    /// @param atMillis  its time
    /// @param delivered the highest `seq` any device has acknowledged: ✓✓
    /// @param read      the highest `seq` the person has read: blue
    /// @param cursors   devices that have moved, and to where
    /// @param closed    every linked device has everything up to `head`: the inbox forgets the conversation
    /// @param wrote     the person has written here
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    record Moved(
            @JsonProperty("c") ConversationId conversation,
            @JsonProperty("h") long head,
            @JsonProperty("at") long atMillis,
            @JsonProperty("d") long delivered,
            @JsonProperty("r") long read,

            @JsonProperty("x") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Map<DeviceId, Long> cursors,

            @JsonProperty("z") boolean closed,
            @JsonProperty("w") boolean wrote) {
        @SuppressWarnings("NullAway") // Jackson gives null for an absent property
        public Moved {
            cursors = cursors == null ? Map.of() : Map.copyOf(cursors);
        }
    }

    /// A session of a device started or ended.
    ///
    /// @param life the life of the node that held the session: where it ended without a word, the node's last
    ///             sign of life says when
    record Seen(
            @JsonProperty("d") DeviceId device,
            @JsonProperty("at") long atMillis,
            @JsonProperty("on") boolean online,
            @JsonProperty("l") String life)
            implements UserEvent {}

    /// What others may know.
    record SettingsChanged(
            @JsonProperty("ls") String lastSeen,
            @JsonProperty("rr") boolean readReceipts) implements UserEvent {}

    /// The account was deleted: nothing is left of the inbox. Stored again when no conversation relies on it
    /// any more, or to have a snapshot behind it.
    ///
    /// @param version the account's last count of its changes
    /// @param relying conversations that take this inbox for one that has them open, and have to hear that it
    ///                is not there any more
    record Erased(
            @JsonProperty("v") long version,
            @JsonProperty("cs") List<ConversationId> relying,
            @JsonProperty("at") long atMillis)
            implements UserEvent {
        public Erased {
            relying = List.copyOf(relying);
        }
    }
}
