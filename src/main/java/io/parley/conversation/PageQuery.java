package io.parley.conversation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// Which entries are wanted; the answer is ascending by `seq` and cut at about 64 KiB on the far side.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
    @JsonSubTypes.Type(value = PageQuery.After.class, name = "After"),
    @JsonSubTypes.Type(value = PageQuery.Before.class, name = "Before"),
    @JsonSubTypes.Type(value = PageQuery.Newest.class, name = "Newest")
})
public sealed interface PageQuery {
    /// How many entries at most.
    int limit();

    /// The lowest above `seq`.
    record After(long seq, int limit) implements PageQuery {}

    /// The highest below `seq`.
    record Before(long seq, int limit) implements PageQuery {}

    /// The newest.
    record Newest(int limit) implements PageQuery {}
}
