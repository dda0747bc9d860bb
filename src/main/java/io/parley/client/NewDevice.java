package io.parley.client;

import io.parley.id.DeviceId;
import java.util.Optional;

/// The device that logs in.
///
/// @param id       where it is linked already: the same device again; absent: a new one
/// @param name     for the person's list of devices
/// @param platform such as `linux`
public record NewDevice(Optional<DeviceId> id, String name, String platform) {
    /// A new device on this platform.
    public static NewDevice named(final String name) {
        return new NewDevice(Optional.empty(), name, "java");
    }

    /// A device that is linked already.
    public static NewDevice again(final DeviceId id, final String name) {
        return new NewDevice(Optional.of(id), name, "java");
    }
}
