package io.parley.account;

import io.parley.id.DeviceId;
import java.util.Optional;

/// The device somebody logs in with.
///
/// @param id       the id it was linked under before: then it is the same device again, if it still is linked;
///                 else it gets a new one
/// @param name     what its owner calls it, 1 to 64 code points
/// @param platform what it runs on, 1 to 32 code points
public record LoginDevice(Optional<DeviceId> id, String name, String platform) {}
