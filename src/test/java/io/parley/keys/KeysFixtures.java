package io.parley.keys;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.parley.cluster.ReplyTo;
import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;

/// A person with real keys, whatever asks for them, and what was answered.
final class KeysFixtures {
    static final UserId ADA = new UserId("ada");
    static final UserId BO = new UserId("bo");
    static final String UID = "4f6c2c1e-7d1a-4c55-9a34-0c5a2f1b9e10";
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");
    static final DeviceId PHONE = new DeviceId("00c0ffee00c0ffee");
    static final DeviceId LAPTOP = new DeviceId("0000000000000002");
    static final DeviceId TABLET = new DeviceId("0000000000000003");
    static final DeviceId BOS = new DeviceId("00000000000000b0");

    /// What an account says in which all of these are linked.
    static final Linkage ALL = new Linkage(9, List.of(PHONE, LAPTOP, TABLET));

    private KeysFixtures() {}

    /// An asker that remembers what it was told.
    static final class Asker<R> implements ReplyTo<R> {
        private final List<R> told = new ArrayList<>();

        @Override
        public void tell(final R message) {
            told.add(message);
        }

        List<R> told() {
            return List.copyOf(told);
        }
    }

    /// A key package of which only the name matters.
    static StoredPackage keyPackage(final int number) {
        return keyPackage(number, NOON.plus(Duration.ofDays(90)));
    }

    static StoredPackage keyPackage(final int number, final Instant notAfter) {
        return new StoredPackage(
                Octets.of(new byte[] {1, (byte) (number >> 8), (byte) number}),
                Octets.of(new byte[] {2, (byte) (number >> 8), (byte) number}),
                notAfter);
    }

    static List<StoredPackage> keyPackages(final int first, final int count) {
        final var all = new ArrayList<StoredPackage>();
        for (int number = first; number < first + count; number++) {
            all.add(keyPackage(number));
        }
        return all;
    }

    static Optional<KeysCommand.Identity> identity(
            final Signer identity, final DeviceId device, final Octets signatureKey, final boolean replace) {
        return Optional.of(
                new KeysCommand.Identity(identity.key(), identity.crossSign(UID, device, signatureKey), replace));
    }

    static Config config() {
        return ConfigFactory.load(PersistenceTestKitPlugin.getInstance()
                .config()
                .withFallback(PersistenceTestKitSnapshotPlugin.getInstance().config())
                .withFallback(ConfigFactory.parseResources("keys.conf"))
                .withFallback(ConfigFactory.parseResources("serialization.conf")));
    }
}
