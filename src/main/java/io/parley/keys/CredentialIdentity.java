package io.parley.keys;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import java.nio.charset.StandardCharsets;

/// The name of a device in an MLS credential: `uid:device@parley`, such as
/// `0b6f3c52-9d1e-4a77-8c35-5e2f9a1b7d40:a1b2c3d4e5f607@parley`. It says account and device, both of which
/// never change; not the user id, which a group need not show. The device stands there as a number, without
/// leading zeros: so does the library that web clients use.
public final class CredentialIdentity {
    private static final String DOMAIN = "@parley";

    private CredentialIdentity() {}

    /// The name of that device.
    ///
    /// @param uid the account's
    public static Octets of(final String uid, final DeviceId device) {
        final var number = Long.toHexString(Long.parseUnsignedLong(device.value(), 16));
        return Octets.of((uid + ":" + number + DOMAIN).getBytes(StandardCharsets.UTF_8));
    }
}
