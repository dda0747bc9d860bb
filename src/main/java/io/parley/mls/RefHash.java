package io.parley.mls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What refers to something by its hash (§5.2), in the suites whose hash is SHA-256.
final class RefHash {
    private RefHash() {}

    static Opaque of(final String label, final Opaque value) {
        final var input = new MlsOutput().opaque(label).opaque(value).toByteArray();
        try {
            final var hash = MessageDigest.getInstance("SHA-256").digest(input);
            return new Opaque(hash, 0, hash.length);
        } catch (final NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every JDK has SHA-256", missing);
        }
    }
}
