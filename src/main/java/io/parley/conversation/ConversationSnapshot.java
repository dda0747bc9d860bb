package io.parley.conversation;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.id.UserId;
import io.parley.serialization.Journaled;
import java.util.List;

/// What a conversation's snapshot stores: enough to go on without reading the log. In columns, because a
/// thousand small objects would repeat their field names.
///
/// @param head        the `seq` of the last entry
/// @param atMillis    its time
/// @param authors     everyone who has an entry in the log
/// @param counts      how many, in the same order
/// @param recentIds   the ids of the last entries, ascending by `seq`, ending at `head`
/// @param recentBy    their authors, as places in `authors`
/// @param recentTimes their times in milliseconds
public record ConversationSnapshot(
        @JsonProperty("h") long head,
        @JsonProperty("at") long atMillis,
        @JsonProperty("as") List<UserId> authors,
        @JsonProperty("ns") List<Long> counts,
        @JsonProperty("ri") List<String> recentIds,
        @JsonProperty("rb") List<Integer> recentBy,
        @JsonProperty("rt") List<Long> recentTimes)
        implements Journaled {}
