package io.parley.client;

import io.parley.id.DeviceId;
import java.time.Instant;
import java.util.Optional;

/// One of a person's devices, as `GET /v1/devices` lists them.
///
/// @param lastSeen when it was last connected; empty: never
/// @param current  whether it is the one that asks
public record LinkedDevice(
        DeviceId device, String name, String platform, Instant linked, Optional<Instant> lastSeen, boolean current) {}
