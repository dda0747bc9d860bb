package io.parley.user;

import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.util.List;

/// The way from an inbox to the person's keys, and to those who use them. Everything is said once, without
/// waiting: who misses it looks at the keys when he next comes.
public interface KeyNotes {
    /// Devices of the person were unlinked.
    ///
    /// @param version of the account's list
    /// @param left    those that are linked still
    void unlinked(UserId user, long version, List<DeviceId> left);

    /// The person's keys have changed.
    ///
    /// @param people who talks with the person
    void changed(UserId user, long version, List<UserId> people);
}
