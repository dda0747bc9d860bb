package io.parley.client;

import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.time.Instant;

/// What a login or refresh gives.
///
/// @param token        for the `hello` and for REST, until `expiresAt`
/// @param refreshToken good for one refresh, which gives the next
/// @param uid          the account's unchangeable id
public record Login(String token, Instant expiresAt, String refreshToken, DeviceId device, UserId user, String uid) {
    /// Says who, never the tokens.
    @Override
    public String toString() {
        return "Login of " + user + " on " + device + " until " + expiresAt;
    }
}
