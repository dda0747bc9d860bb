package io.parley.mls;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/// A client made by hand that signs what it makes. The same seed makes the same keys.
final class SigningClient {
    private final String name;
    private final KeyPair keys;
    private Consumer<Wire> capabilities = HandMade.CAPABILITIES;
    private Consumer<Wire> leafExtensions = HandMade.NO_EXTENSIONS;
    private byte[] encryptionKey;
    private byte[] initKey;
    private int suite = 1;

    SigningClient(final String name, final long seed) {
        this.name = name;
        final var random = new Random(seed);
        this.encryptionKey = next(random);
        this.initKey = next(random);
        try {
            final var generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(255, new Seeded(random));
            this.keys = generator.generateKeyPair();
        } catch (final GeneralSecurityException broken) {
            throw new AssertionError(broken);
        }
    }

    SigningClient with(final Consumer<Wire> otherCapabilities, final Consumer<Wire> otherExtensions) {
        capabilities = otherCapabilities;
        leafExtensions = otherExtensions;
        return this;
    }

    SigningClient withEncryptionKey(final byte[] key) {
        encryptionKey = key;
        return this;
    }

    SigningClient withInitKey(final byte[] key) {
        initKey = key;
        return this;
    }

    SigningClient withSuite(final int other) {
        suite = other;
        return this;
    }

    byte[] encryptionKey() {
        return encryptionKey;
    }

    Opaque signatureKey() {
        final var encoded = keys.getPublic().getEncoded();
        return Opaque.of(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    }

    byte[] keyPackage(final Consumer<Wire> extensions) {
        final var signed = Wire.of(wire -> wire.u16(1)
                .u16(suite)
                .vector(initKey)
                .put(leafNode(HandMade.FROM_KEY_PACKAGE, _ -> {}))
                .put(extensions));
        return Wire.of(wire -> wire.raw(signed).vector(sign("KeyPackageTBS", signed)));
    }

    /// @param context what is signed beside it: group and leaf
    Consumer<Wire> leafNode(final Consumer<Wire> source, final Consumer<Wire> context) {
        final var seen = Wire.of(wire -> wire.vector(encryptionKey)
                .vector(signatureKey())
                .put(HandMade.basic(name))
                .put(capabilities)
                .put(source)
                .put(leafExtensions));
        final var signature = sign("LeafNodeTBS", Wire.of(wire -> wire.raw(seen).put(context)));
        return wire -> wire.raw(seen).vector(signature);
    }

    /// `SignWithLabel`
    byte[] sign(final String label, final byte[] content) {
        try {
            final var signer = Signature.getInstance("Ed25519");
            signer.initSign(keys.getPrivate());
            signer.update(Wire.of(wire -> wire.vector("MLS 1.0 " + label).vector(content)));
            return signer.sign();
        } catch (final GeneralSecurityException broken) {
            throw new AssertionError(broken);
        }
    }

    private static byte[] next(final Random random) {
        final var bytes = new byte[32];
        random.nextBytes(bytes);
        return bytes;
    }

    /// Chance that is none.
    private static final class Seeded extends SecureRandom {
        private final Random random;

        Seeded(final Random random) {
            this.random = random;
        }

        @Override
        public void nextBytes(final byte[] bytes) {
            random.nextBytes(bytes);
        }
    }
}
