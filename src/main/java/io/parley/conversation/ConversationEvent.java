package io.parley.conversation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.parley.content.JsonText;
import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.serialization.Journaled;
import java.util.List;
import java.util.Optional;

/// What stands in a conversation's journal: every event is an entry of the log, its sequence number the entry's
/// `seq`. Edit as you would a database: names and shapes here are on people's disks.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ConversationEvent.MessagePosted.class, name = "posted"),
    @JsonSubTypes.Type(value = ConversationEvent.CommitPosted.class, name = "commit"),
})
public sealed interface ConversationEvent extends Journaled {
    UserId author();

    DeviceId device();

    MessageId id();

    long atMillis();

    long nth();

    /// A message.
    ///
    /// @param atMillis milliseconds since the epoch; never less than the entry's before
    /// @param nth      how many entries of this author the log holds with this one: what makes unread counts
    /// cheap
    /// @param media    the uploads it carries; those of before there were uploads carry none
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record MessagePosted(
            @JsonProperty("a") UserId author,
            @JsonProperty("d") DeviceId device,
            @JsonProperty("i") MessageId id,
            @JsonProperty("at") long atMillis,
            @JsonProperty("b") JsonText body,
            @JsonProperty("c") Optional<JsonText> client,

            @JsonProperty("md") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            List<MediaId> media,

            @JsonProperty("n") long nth)
            implements ConversationEvent {
        @SuppressWarnings("NullAway") // Jackson gives null for an absent property
        public MessagePosted {
            client = client == null ? Optional.empty() : client;
            media = media == null ? List.of() : List.copyOf(media);
        }
    }

    /// A change of the conversation's MLS group, which begins an epoch.
    ///
    /// @param nth       as in [MessagePosted]
    /// @param group     the group's id; another than before: the conversation goes on in a new group
    /// @param epoch     the epoch that it begins
    /// @param message   the commit, an MLS PublicMessage
    /// @param committer who made it, as he is afterwards
    /// @param added     of a new group, its creator too
    /// @param welcome   the SHA-256 of the Welcome for those who are added
    /// @param groupInfo the SHA-256 of the new epoch's GroupInfo
    /// @param tree      the SHA-256 of the new epoch's ratchet tree, if that is not in the GroupInfo
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record CommitPosted(
            @JsonProperty("a") UserId author,
            @JsonProperty("d") DeviceId device,
            @JsonProperty("i") MessageId id,
            @JsonProperty("at") long atMillis,
            @JsonProperty("n") long nth,
            @JsonProperty("g") Octets group,
            @JsonProperty("e") long epoch,
            @JsonProperty("m") Octets message,
            @JsonProperty("l") Leaf committer,
            @JsonProperty("la") List<Leaf> added,
            @JsonProperty("lr") List<Leaf> removed,
            @JsonProperty("w") Optional<Octets> welcome,
            @JsonProperty("gi") Octets groupInfo,
            @JsonProperty("rt") Optional<Octets> tree)
            implements ConversationEvent {
        @SuppressWarnings("NullAway") // Jackson gives null for an absent property
        public CommitPosted {
            added = List.copyOf(added);
            removed = List.copyOf(removed);
            welcome = welcome == null ? Optional.empty() : welcome;
            tree = tree == null ? Optional.empty() : tree;
        }
    }
}
