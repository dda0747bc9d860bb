package io.parley.keys;

import io.parley.id.DeviceId;

/// News for a person's own devices. Sent once, and only news: what must not be missed is asked for by each
/// device when it comes.
public sealed interface Notice {
    /// The directory has changed: a device wants to be approved, or was.
    ///
    /// @param version the directory's
    record Changed(long version) implements Notice {}

    /// A device has few key packages left.
    ///
    /// @param left how many
    record PackagesLow(DeviceId device, int left) implements Notice {}
}
