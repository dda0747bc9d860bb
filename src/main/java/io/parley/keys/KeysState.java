package io.parley.keys;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.serialization.Journaled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A person's keys: the sum of the events, and the shape of the snapshots.
///
/// @param identity the account's identity key; empty: none yet
/// @param version  how often something that others see has changed
/// @param devices  in the order of publishing
/// @param handed   the claims that are still answered again, oldest first
/// @param events   the number of events so far: the journal's sequence number
/// @param erased   the account was deleted
record KeysState(
        Optional<Identity> identity,
        long version,
        List<Device> devices,
        List<Handed> handed,
        long events,
        boolean erased)
        implements Journaled {
    static final KeysState NONE = new KeysState(Optional.empty(), 0, List.of(), List.of(), 0, false);

    /// Most claims that are remembered, and for how long: a request said again within it takes nothing more.
    static final int HANDED_MAX = 200;

    static final Duration HANDED_FOR = Duration.ofHours(1);

    KeysState {
        devices = List.copyOf(devices);
        handed = List.copyOf(handed);
    }

    /// The account's identity key.
    ///
    /// @param since when it was set
    record Identity(Octets key, Instant since) {}

    /// A device that has published its signature key.
    ///
    /// @param signed      the cross-signature by the present identity key; empty: nobody has approved it yet
    /// @param packages    those to be claimed, oldest first
    /// @param lastResort  given when there are no others, as often as it takes
    record Device(
            DeviceId id,
            long generation,
            Octets signatureKey,
            Optional<Octets> sealingKey,
            Instant since,
            Optional<Signed> signed,
            List<StoredPackage> packages,
            Optional<StoredPackage> lastResort) {
        Device {
            packages = List.copyOf(packages);
        }

        private Device withSigned(final Optional<Signed> then) {
            return new Device(id, generation, signatureKey, sealingKey, since, then, packages, lastResort);
        }

        private Device withPackages(final List<StoredPackage> then, final Optional<StoredPackage> lastResortThen) {
            return new Device(id, generation, signatureKey, sealingKey, since, signed, then, lastResortThen);
        }

        /// What may be claimed, oldest first.
        Stream<StoredPackage> fresh(final Instant now) {
            return packages.stream().filter(each -> now.isBefore(each.notAfter()));
        }

        private Device without(final Octets ref) {
            return withPackages(
                    packages.stream().filter(each -> !each.ref().equals(ref)).toList(), lastResort);
        }
    }

    /// A cross-signature.
    ///
    /// @param sealed the identity key, readable to that device alone
    record Signed(Octets signature, DeviceId by, Optional<Octets> sealed) {}

    /// A claim as it was answered.
    record Handed(String id, UserId claimer, DeviceId by, List<HandedPackage> packages, Instant at) {
        Handed {
            packages = List.copyOf(packages);
        }
    }

    /// One key package of an answered claim.
    record HandedPackage(DeviceId device, Octets bytes) {}

    Optional<Device> device(final DeviceId id) {
        return devices.stream().filter(each -> each.id().equals(id)).findFirst();
    }

    /// The claim that was answered under this id.
    Optional<Handed> handed(final UserId claimer, final DeviceId by, final String id) {
        return handed.stream()
                .filter(each -> each.id().equals(id)
                        && each.claimer().equals(claimer)
                        && each.by().equals(by))
                .findFirst();
    }

    /// The state after `event`.
    KeysState apply(final KeysEvent event) {
        return switch (event) {
            case KeysEvent.IdentitySet set ->
                changed(
                        Optional.of(new Identity(set.key(), set.at())),
                        devices.stream()
                                .map(each -> each.withSigned(Optional.empty()))
                                .toList());
            case KeysEvent.DevicePublished published -> changed(identity, with(published));
            case KeysEvent.DeviceSigned signed ->
                changed(
                        identity,
                        changing(
                                signed.device(),
                                each -> each.withSigned(
                                        Optional.of(new Signed(signed.signature(), signed.by(), signed.sealed())))));
            case KeysEvent.DevicesGone gone ->
                changed(
                        identity,
                        devices.stream()
                                .filter(each -> !gone.devices().contains(each.id()))
                                .toList());
            case KeysEvent.PackagesStocked stocked ->
                stocked(changing(stocked.device(), each -> with(each, stocked)), handed);
            case KeysEvent.PackagesDropped dropped ->
                stocked(changing(dropped.device(), each -> each.withPackages(List.of(), Optional.empty())), handed);
            case KeysEvent.PackagesClaimed claimed -> claimed(claimed);
            case KeysEvent.Erased _ ->
                new KeysState(Optional.empty(), version + 1, List.of(), List.of(), events + 1, true);
        };
    }

    private List<Device> with(final KeysEvent.DevicePublished published) {
        final var longer = new ArrayList<>(devices);
        longer.add(new Device(
                published.device(),
                published.generation(),
                published.signatureKey(),
                published.sealingKey(),
                published.at(),
                Optional.empty(),
                List.of(),
                Optional.empty()));
        return longer;
    }

    private static Device with(final Device device, final KeysEvent.PackagesStocked stocked) {
        final var all = new ArrayList<>(device.fresh(stocked.at()).toList());
        all.addAll(stocked.packages());
        return device.withPackages(all, stocked.lastResort().or(device::lastResort));
    }

    private KeysState claimed(final KeysEvent.PackagesClaimed claimed) {
        final var packages = new ArrayList<HandedPackage>();
        var then = devices;
        for (final var taken : claimed.taken()) {
            device(taken.device()).stream()
                    .flatMap(each -> each.packages().stream())
                    .filter(each -> each.ref().equals(taken.ref()))
                    .forEach(each -> packages.add(new HandedPackage(taken.device(), each.bytes())));
            then = changing(then, taken.device(), each -> each.without(taken.ref()));
        }
        final var remembered = new ArrayList<>(handed.stream()
                .filter(each -> each.at().plus(HANDED_FOR).isAfter(claimed.at()))
                .toList());
        remembered.add(new Handed(claimed.id(), claimed.claimer(), claimed.by(), packages, claimed.at()));
        final int first = Math.max(0, remembered.size() - HANDED_MAX);
        return stocked(then, remembered.subList(first, remembered.size()));
    }

    private List<Device> changing(final DeviceId id, final UnaryOperator<Device> change) {
        return changing(devices, id, change);
    }

    private static List<Device> changing(
            final List<Device> devices, final DeviceId id, final UnaryOperator<Device> change) {
        return devices.stream()
                .map(each -> each.id().equals(id) ? change.apply(each) : each)
                .toList();
    }

    private KeysState changed(final Optional<Identity> identityThen, final List<Device> devicesThen) {
        return new KeysState(identityThen, version + 1, devicesThen, handed, events + 1, erased);
    }

    private KeysState stocked(final List<Device> devicesThen, final List<Handed> handedThen) {
        return new KeysState(identity, version, devicesThen, handedThen, events + 1, erased);
    }
}
