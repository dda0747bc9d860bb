package io.parley.keys;

import io.parley.id.DeviceId;

/// News for a person's own devices, and for those of others who encrypt for him. Sent once, and only news: what
/// must not be missed is asked for by each device when it comes.
public sealed interface Notice {
    /// The directory has changed: a device wants to be approved, or was, or is gone.
    ///
    /// @param version the directory's; the same again where a device without keys is gone
    record Changed(long version) implements Notice {}

    /// A device has few key packages left.
    ///
    /// @param left how many
    record PackagesLow(DeviceId device, int left) implements Notice {}
}
