package io.parley.keys;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.mls.KeyPackage;
import io.parley.mls.MlsException;
import io.parley.mls.Opaque;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at key packages before they are kept: whole, of the one suite, signed, of this device and no other,
/// and of use now. A package with another name, or a broken one, would be found out only when somebody has
/// added it to a group, and would break that group for all. Each costs two signatures, some 1.5 ms.
public final class KeyPackageCheck {
    /// Most key packages of a device, besides the one of last resort.
    public static final int PACKAGES_MAX = KeysRules.PACKAGES_MAX;

    private static final int HEADER_BYTES = 4;

    /// The largest there may be. Clients make them of 300 to 400 bytes.
    public static final int BYTES_MAX = KeyPackage.BYTES_MAX + HEADER_BYTES;

    /// How far a client's clock may be ahead.
    private static final Duration EARLY_MAX = Duration.ofHours(1);

    private static final Duration LIFETIME_MAX = Duration.ofDays(400);

    /// What came of it.
    public sealed interface Result {}

    /// All are as they should be.
    public record Right(Brought brought) implements Result {}

    /// One is not.
    ///
    /// @param why for the developer
    public record Wrong(String why) implements Result {}

    private final Octets identity;
    private final Instant now;

    /// @param uid    the account's
    /// @param device whose key packages they should be
    public KeyPackageCheck(final String uid, final DeviceId device, final Instant now) {
        this.identity = CredentialIdentity.of(uid, device);
        this.now = now;
    }

    /// Looks at all of them; the first that is not as it should be ends it.
    ///
    /// @param packages   each a whole MLSMessage
    /// @param lastResort likewise
    public Result all(final List<Octets> packages, final Optional<Octets> lastResort) {
        final var all = new ArrayList<>(packages);
        lastResort.ifPresent(all::add);
        if (all.isEmpty()) {
            return new Wrong("neither 'packages' nor 'lastResort' holds a key package");
        }
        Optional<Octets> signatureKey = Optional.empty();
        final var kept = new ArrayList<StoredPackage>(all.size());
        for (int at = 0; at < all.size(); at++) {
            final var name = at < packages.size() ? "'packages[" + at + "]': " : "'lastResort': ";
            try {
                final var parsed = checked(all.get(at));
                final var key = octets(parsed.signatureKey());
                if (signatureKey.isPresent() && !signatureKey.get().equals(key)) {
                    return new Wrong(name + "signed with another key than the one before");
                }
                signatureKey = Optional.of(key);
                kept.add(new StoredPackage(
                        octets(parsed.ref()), all.get(at), parsed.lifetime().notAfter()));
            } catch (final MlsException wrong) {
                return new Wrong(name + wrong.getMessage());
            } catch (final Unfit unfit) {
                return new Wrong(name + unfit.getMessage());
            }
        }
        final var last = lastResort.map(_ -> kept.removeLast());
        return new Right(new Brought(signatureKey.orElseThrow(), kept, last));
    }

    private KeyPackage checked(final Octets bytes) throws MlsException, Unfit {
        final var parsed = KeyPackage.readMessage(bytes.toArray());
        parsed.validate();
        if (!parsed.identity().map(KeyPackageCheck::octets).equals(Optional.of(identity))) {
            throw new Unfit("the credential is not a basic one of this device: 'uid:device@parley'");
        }
        final var lifetime = parsed.lifetime();
        if (lifetime.notBefore().isAfter(now.plus(EARLY_MAX))) {
            throw new Unfit("its lifetime has not begun");
        }
        if (!lifetime.notAfter().isAfter(now)) {
            throw new Unfit("its lifetime is over");
        }
        if (lifetime.notAfter().isAfter(now.plus(LIFETIME_MAX))) {
            throw new Unfit("its lifetime is longer than " + LIFETIME_MAX.toDays() + " days");
        }
        return parsed;
    }

    private static Octets octets(final Opaque bytes) {
        return Octets.of(bytes.toByteArray());
    }

    /// Well-formed, but not to be kept.
    private static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(final String why) {
            super(why, null, false, false);
        }
    }
}
