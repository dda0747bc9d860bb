package io.parley.keys;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.mls.Ed25519;
import io.parley.mls.Opaque;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// By a cross-signature the account's identity key says that a device is the person's. So a server that adds a
/// device of its own is found out by whoever checks.
final class CrossSignature {
    private static final String PURPOSE = "parley device v1";

    private CrossSignature() {}

    /// What is signed: the purpose, the account's `uid`, the device, a zero byte after each, and the device's
    /// 32 bytes of key.
    static byte[] content(final String uid, final DeviceId device, final Octets signatureKey) {
        final var content = new ByteArrayOutputStream();
        for (final var text : new String[] {PURPOSE, uid, device.value()}) {
            content.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            content.write(0);
        }
        content.writeBytes(signatureKey.toArray());
        return content.toByteArray();
    }

    static boolean verifies(
            final Octets identity,
            final String uid,
            final DeviceId device,
            final Octets signatureKey,
            final Octets signature) {
        return Ed25519.verifies(
                Opaque.of(identity.toArray()), content(uid, device, signatureKey), Opaque.of(signature.toArray()));
    }
}
