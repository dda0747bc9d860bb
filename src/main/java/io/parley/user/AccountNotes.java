package io.parley.user;

import io.parley.id.DeviceId;
import io.parley.id.UserId;

/// The way from an inbox to the person's account, which decides who is linked.
@FunctionalInterface
public interface AccountNotes {
    /// The device has been away for too long. Sent at most once, without waiting: the inbox says it again until
    /// the account's list does not name the device any more.
    ///
    /// @param generation as the inbox knows it; if the device logged in since, it is not away
    void away(UserId user, DeviceId device, long generation);
}
