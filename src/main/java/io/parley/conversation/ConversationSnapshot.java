package io.parley.conversation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.id.UserId;
import io.parley.serialization.Journaled;
import java.util.List;
import java.util.Optional;

/// What a conversation's snapshot stores: enough to go on without reading the log. In columns, because a
/// thousand small objects would repeat their field names.
///
/// @param head        the `seq` of the last entry
/// @param atMillis    its time
/// @param authors     everyone who has an entry in the log
/// @param counts      how many, in the same order
/// @param group       the MLS group, of an encrypted conversation
/// @param commits     where the last commits stand, if there are any
/// @param recentIds   the ids of the last entries, ascending by `seq`, ending at `head`
/// @param recentBy    their authors, as places in `authors`
/// @param recentTimes their times in milliseconds
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record ConversationSnapshot(
        @JsonProperty("h") long head,
        @JsonProperty("at") long atMillis,
        @JsonProperty("as") List<UserId> authors,
        @JsonProperty("ns") List<Long> counts,
        @JsonProperty("g") Optional<Group> group,
        @JsonProperty("c") Optional<Commits> commits,
        @JsonProperty("ri") List<String> recentIds,
        @JsonProperty("rb") List<Integer> recentBy,
        @JsonProperty("rt") List<Long> recentTimes)
        implements Journaled {
    @SuppressWarnings("NullAway") // Jackson gives null for an absent property
    public ConversationSnapshot {
        group = group == null ? Optional.empty() : group;
        commits = commits == null ? Optional.empty() : commits;
    }

    /// Where commits stand.
    ///
    /// @param seqs ascending
    /// @param by   their authors, as places in `authors`
    public record Commits(
            @JsonProperty("s") List<Long> seqs,
            @JsonProperty("b") List<Integer> by) {}
}
