package io.parley.keys;

import io.parley.id.DeviceId;
import java.util.List;

/// The devices that an account had linked at one time.
///
/// @param version the number of the account's last event then; devices linked later have a higher generation
public record Linkage(long version, List<DeviceId> devices) {
    public Linkage {
        devices = List.copyOf(devices);
    }

    /// Whether the device is certainly not linked any more: this list is from after it was linked, and it is
    /// not on it. A device that is unlinked never comes back.
    boolean lacks(final DeviceId device, final long generation) {
        return generation <= version && !devices.contains(device);
    }
}
