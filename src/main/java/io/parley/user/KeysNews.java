package io.parley.user;

import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.util.List;

/// The keys of `user` have changed: said to every node, for those of these people who are connected to it.
///
/// @param version rises with each change
public record KeysNews(UserId user, long version, List<UserId> people) implements ClusterMessage {
    public KeysNews {
        people = List.copyOf(people);
    }
}
