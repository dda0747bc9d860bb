package io.parley.keys;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import java.nio.charset.StandardCharsets;

/// The name of a device in an MLS credential: `uid:device@parley`, such as
/// `0b6f3c52-9d1e-4a77-8c35-5e2f9a1b7d40:00a1b2c3d4e5f607@parley`. It says account and device, both of which
/// never change; not the user id, which a group need not show.
final class CredentialIdentity {
    private static final String DOMAIN = "@parley";

    private CredentialIdentity() {}

    static Octets of(final String uid, final DeviceId device) {
        return Octets.of((uid + ":" + device.value() + DOMAIN).getBytes(StandardCharsets.UTF_8));
    }
}
