package io.parley.keys;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.keys.KeysEvent.DevicePublished;
import io.parley.keys.KeysEvent.DeviceSigned;
import io.parley.keys.KeysEvent.DevicesGone;
import io.parley.keys.KeysEvent.IdentitySet;
import io.parley.keys.KeysEvent.PackagesClaimed;
import io.parley.keys.KeysEvent.PackagesDropped;
import io.parley.keys.KeysEvent.PackagesStocked;
import io.parley.keys.KeysEvent.Taken;
import io.parley.keys.KeysReply.BadSignature;
import io.parley.keys.KeysReply.Claimed;
import io.parley.keys.KeysReply.Directory;
import io.parley.keys.KeysReply.Given;
import io.parley.keys.KeysReply.Made;
import io.parley.keys.KeysReply.NoIdentity;
import io.parley.keys.KeysReply.NoSuchDevice;
import io.parley.keys.KeysReply.NotApproved;
import io.parley.keys.KeysReply.OtherIdentity;
import io.parley.keys.KeysReply.OtherKey;
import io.parley.keys.KeysReply.Own;
import io.parley.keys.KeysReply.Published;
import io.parley.keys.KeysReply.Stock;
import io.parley.keys.KeysReply.TooMany;
import io.parley.keys.KeysReply.TooOften;
import io.parley.keys.KeysReply.WrongKey;
import io.parley.keys.KeysState.Device;
import io.parley.keys.KeysState.Handed;
import io.parley.keys.KeysState.Identity;
import io.parley.keys.KeysState.Signed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What is decided about a person's keys. No Pekko, no clock, no randomness: everything comes in.
final class KeysRules {
    /// Most key packages of a device, besides the one of last resort.
    static final int PACKAGES_MAX = 100;

    /// With so few left a device is told to bring more.
    static final int PACKAGES_LOW = 20;

    /// Most claims of one claimer for one person's key packages, within [KeysState#HANDED_FOR].
    static final int CLAIMS_OF_ONE_MAX = 20;

    private final UserId self;

    KeysRules(final UserId self) {
        this.self = self;
    }

    Decision decide(final KeysState state, final KeysCommand command, final Instant now) {
        if (!command.user().equals(self)) {
            return Decision.refused(command);
        }
        return switch (command) {
            case KeysCommand.Publish c -> state.erased() ? Decision.refused(c) : publish(state, c, now);
            case KeysCommand.Sign c -> sign(state, c, now);
            case KeysCommand.StockUp c -> stockUp(state, c, now);
            case KeysCommand.Drop c -> drop(state, c);
            case KeysCommand.AskOwn c -> own(state, c, now);
            case KeysCommand.Claim c -> claim(state, c, now);
            case KeysCommand.Look c -> Decision.answer(c, c.replyTo(), directory(state, c.linked()));
            case KeysCommand.Unlink c -> unlink(state, c, now);
            case KeysCommand.Erase c ->
                Decision.persist(List.of(new KeysEvent.Erased(now)), c, c.replyTo(), new Made(self));
        };
    }

    private Decision publish(final KeysState state, final KeysCommand.Publish c, final Instant now) {
        final var brought = c.identity();
        if (brought.isPresent()
                && !CrossSignature.verifies(
                        brought.get().key(),
                        c.uid(),
                        c.device(),
                        c.signatureKey(),
                        brought.get().signature())) {
            return Decision.answer(c, c.replyTo(), new BadSignature(self));
        }
        final var known = state.device(c.device());
        if (known.filter(device -> !device.signatureKey().equals(c.signatureKey()))
                .isPresent()) {
            return Decision.answer(c, c.replyTo(), new OtherKey(self, c.device()));
        }
        final var present = state.identity().map(Identity::key);
        if (present.isEmpty() && brought.isEmpty()) {
            return Decision.answer(c, c.replyTo(), new NoIdentity(self));
        }
        final boolean sameIdentity = brought.map(KeysCommand.Identity::key).equals(present);
        if (brought.isPresent()
                && present.isPresent()
                && !sameIdentity
                && !brought.get().replace()) {
            return Decision.answer(c, c.replyTo(), new OtherIdentity(self));
        }
        final var events = new ArrayList<KeysEvent>();
        gone(state, c.linked(), now).ifPresent(events::add);
        if (brought.isPresent() && !sameIdentity) {
            events.add(new IdentitySet(brought.get().key(), c.device(), now));
        }
        if (known.isEmpty()) {
            events.add(new DevicePublished(c.device(), c.generation(), c.signatureKey(), c.sealingKey(), now));
        }
        final boolean signedAlready =
                sameIdentity && known.flatMap(Device::signed).isPresent();
        if (brought.isPresent() && !signedAlready) {
            events.add(new DeviceSigned(c.device(), brought.get().signature(), c.device(), Optional.empty(), now));
        }
        final long version = versionAfter(state, events);
        final boolean approved =
                brought.isPresent() || known.flatMap(Device::signed).isPresent();
        return Decision.persist(events, c, c.replyTo(), new Published(self, version, approved))
                .noticing(events.isEmpty() ? List.of() : List.of(new Notice.Changed(version)));
    }

    private Decision sign(final KeysState state, final KeysCommand.Sign c, final Instant now) {
        final var device = state.device(c.device()).filter(each -> !c.linked().lacks(each.id(), each.generation()));
        if (device.isEmpty()) {
            return Decision.answer(c, c.replyTo(), new NoSuchDevice(self, c.device()));
        }
        final var identity = state.identity();
        if (identity.isEmpty() || state.device(c.by()).flatMap(Device::signed).isEmpty()) {
            return Decision.answer(c, c.replyTo(), new NotApproved(self, c.by()));
        }
        if (!CrossSignature.verifies(
                identity.get().key(), c.uid(), c.device(), device.get().signatureKey(), c.signature())) {
            return Decision.answer(c, c.replyTo(), new BadSignature(self));
        }
        final var signed = device.get().signed();
        final boolean nothingNew = signed.isPresent()
                && (c.sealed().isEmpty() || signed.get().sealed().equals(c.sealed()));
        if (nothingNew) {
            return Decision.answer(c, c.replyTo(), new Made(self));
        }
        final var events = new ArrayList<KeysEvent>();
        gone(state, c.linked(), now).ifPresent(events::add);
        events.add(new DeviceSigned(c.device(), c.signature(), c.by(), c.sealed(), now));
        return Decision.persist(events, c, c.replyTo(), new Made(self))
                .noticing(List.of(new Notice.Changed(versionAfter(state, events))));
    }

    /// Also of a device that had published nothing: that it was there may have kept others from encrypting.
    private Decision unlink(final KeysState state, final KeysCommand.Unlink c, final Instant now) {
        final var events = gone(state, c.linked(), now).stream().toList();
        return Decision.persist(events, c, c.replyTo(), new Made(self))
                .noticing(
                        state.identity().isEmpty()
                                ? List.of() // nobody can encrypt for the person
                                : List.of(new Notice.Changed(versionAfter(state, events))));
    }

    private Decision stockUp(final KeysState state, final KeysCommand.StockUp c, final Instant now) {
        final var found = state.device(c.device());
        if (found.isEmpty()) {
            return Decision.answer(c, c.replyTo(), new NoSuchDevice(self, c.device()));
        }
        final var device = found.get();
        if (!device.signatureKey().equals(c.signatureKey())) {
            return Decision.answer(c, c.replyTo(), new WrongKey(self));
        }
        final Set<Octets> there =
                device.packages().stream().map(StoredPackage::ref).collect(Collectors.toSet());
        final Set<Octets> seen = new HashSet<>(there);
        final var more = c.packages().stream()
                .filter(each -> seen.add(each.ref()))
                .filter(each -> now.isBefore(each.notAfter()))
                .toList();
        final int left = (int) device.fresh(now).count();
        if (left + more.size() > PACKAGES_MAX) {
            return Decision.answer(c, c.replyTo(), new TooMany(self, left));
        }
        final var lastResort = c.lastResort()
                .filter(each -> !device.lastResort().equals(Optional.of(each)))
                .filter(each -> now.isBefore(each.notAfter()));
        final var stock = new Stock(
                self,
                left + more.size(),
                lastResort.isPresent() || device.lastResort().isPresent());
        return more.isEmpty() && lastResort.isEmpty()
                ? Decision.answer(c, c.replyTo(), stock)
                : Decision.persist(
                        List.of(new PackagesStocked(c.device(), more, lastResort, now)), c, c.replyTo(), stock);
    }

    private Decision drop(final KeysState state, final KeysCommand.Drop c) {
        final boolean empty = state.device(c.device())
                .map(each -> each.packages().isEmpty() && each.lastResort().isEmpty())
                .orElse(true);
        return Decision.persist(
                empty ? List.of() : List.of(new PackagesDropped(c.device())), c, c.replyTo(), new Made(self));
    }

    private Decision own(final KeysState state, final KeysCommand.AskOwn c, final Instant now) {
        return state.device(c.device())
                .map(device -> Decision.answer(
                        c,
                        c.replyTo(),
                        new Own(
                                self,
                                device.id(),
                                device.signatureKey(),
                                device.signed().map(Signed::signature),
                                device.signed().flatMap(Signed::sealed),
                                (int) device.fresh(now).count(),
                                device.lastResort().isPresent())))
                .orElseGet(() -> Decision.answer(c, c.replyTo(), new NoSuchDevice(self, c.device())));
    }

    /// One of each approved device, taken away from everybody else. Where a person's key packages are claimed
    /// so often that no more claims are remembered, or a device has none left, the ones of last resort are
    /// given: so nobody can use them up, or keep others from writing.
    private Decision claim(final KeysState state, final KeysCommand.Claim c, final Instant now) {
        final var before = state.handed(c.claimer(), c.by(), c.id());
        if (before.isPresent()) {
            return Decision.answer(c, c.replyTo(), claimedBefore(state, c, before.get()));
        }
        final var recent = state.handed().stream()
                .filter(each -> each.at().plus(KeysState.HANDED_FOR).isAfter(now))
                .toList();
        final var ofClaimer = recent.stream()
                .filter(each -> each.claimer().equals(c.claimer()))
                .toList();
        if (ofClaimer.size() >= CLAIMS_OF_ONE_MAX) {
            final var until = ofClaimer.getFirst().at().plus(KeysState.HANDED_FOR);
            return Decision.answer(c, c.replyTo(), new TooOften(self, until));
        }
        final boolean lastResortOnly = recent.size() >= KeysState.HANDED_MAX;
        final var taken = new ArrayList<Taken>();
        final var packages = new ArrayList<Given>();
        final var low = new ArrayList<Notice>();
        for (final var device : claimable(state, c)) {
            final var fresh = lastResortOnly
                    ? List.<StoredPackage>of()
                    : device.fresh(now).toList();
            if (fresh.isEmpty()) {
                device.lastResort()
                        .filter(each -> now.isBefore(each.notAfter()))
                        .ifPresent(each -> packages.add(new Given(device.id(), each.bytes(), true)));
                continue;
            }
            final var first = fresh.getFirst();
            taken.add(new Taken(device.id(), first.ref()));
            packages.add(new Given(device.id(), first.bytes(), false));
            if (fresh.size() - 1 <= PACKAGES_LOW) {
                low.add(new Notice.PackagesLow(device.id(), fresh.size() - 1));
            }
        }
        final var reply = new Claimed(self, directory(state, c.linked()), packages);
        return taken.isEmpty()
                ? Decision.answer(c, c.replyTo(), reply)
                : Decision.persist(
                                List.of(new PackagesClaimed(c.id(), c.claimer(), c.by(), taken, now)),
                                c,
                                c.replyTo(),
                                reply)
                        .noticing(low);
    }

    /// The same packages as at first; of a device that has been unlinked since, nothing.
    private Claimed claimedBefore(final KeysState state, final KeysCommand.Claim c, final Handed before) {
        final Map<DeviceId, Octets> handed = new HashMap<>();
        before.packages().forEach(each -> handed.put(each.device(), each.bytes()));
        final var packages = new ArrayList<Given>();
        for (final var device : claimable(state, c)) {
            final var bytes = Optional.ofNullable(handed.get(device.id()));
            if (bytes.isPresent()) {
                packages.add(new Given(device.id(), bytes.get(), false));
            } else {
                device.lastResort().ifPresent(each -> packages.add(new Given(device.id(), each.bytes(), true)));
            }
        }
        return new Claimed(self, directory(state, c.linked()), packages);
    }

    private static List<Device> claimable(final KeysState state, final KeysCommand.Claim c) {
        return state.devices().stream()
                .filter(each -> each.signed().isPresent())
                .filter(each -> !c.linked().lacks(each.id(), each.generation()))
                .filter(each -> c.only().isEmpty() || c.only().contains(each.id()))
                .filter(each -> !each.id().equals(c.by())) // nobody adds himself
                .toList();
    }

    private Directory directory(final KeysState state, final Linkage linked) {
        return new Directory(
                self,
                state.identity().map(Identity::key),
                state.version(),
                state.devices().stream()
                        .filter(each -> !linked.lacks(each.id(), each.generation()))
                        .map(each -> new KeysReply.Device(
                                each.id(),
                                each.signatureKey(),
                                each.signed().map(Signed::signature),
                                each.sealingKey(),
                                each.since()))
                        .toList());
    }

    private static Optional<KeysEvent> gone(final KeysState state, final Linkage linked, final Instant now) {
        final var gone = state.devices().stream()
                .filter(each -> linked.lacks(each.id(), each.generation()))
                .map(Device::id)
                .toList();
        return gone.isEmpty() ? Optional.empty() : Optional.of(new DevicesGone(gone, now));
    }

    private static long versionAfter(final KeysState state, final List<KeysEvent> events) {
        var then = state;
        for (final var event : events) {
            then = then.apply(event);
        }
        return then.version();
    }
}
