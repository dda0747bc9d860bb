package io.parley.account;

import io.parley.id.DeviceId;
import io.parley.id.UserId;

/// Who is calling, as an accepted access token says.
///
/// @param user       the account
/// @param device     the linked device the token was given to
/// @param generation the device's token generation; a later login of the device has a higher one, and this one
/// is over
/// @param uid        the account's unchangeable id
public record Caller(UserId user, DeviceId device, long generation, String uid) implements Outcome.Authentication {}
