package io.parley.account;

import io.parley.id.DeviceId;

/// A linked device, as inboxes and token checks need it.
///
/// @param device     its id
/// @param generation the only token generation that counts
public record LinkedDevice(DeviceId device, long generation) {}
