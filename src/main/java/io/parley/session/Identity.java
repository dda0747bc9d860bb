package io.parley.session;

import io.parley.id.DeviceId;
import io.parley.id.UserId;

/// Whose connection this is, as the token said.
///
/// @param generation of the device's tokens
/// @param uid        the account's unchangeable id
public record Identity(UserId user, DeviceId device, long generation, String uid) {}
