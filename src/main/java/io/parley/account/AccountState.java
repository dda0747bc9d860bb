package io.parley.account;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.parley.id.DeviceId;
import io.parley.serialization.Journaled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What an account is: the sum of its events, and the shape of its snapshots.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
    @JsonSubTypes.Type(value = AccountState.Nobody.class, name = "nobody"),
    @JsonSubTypes.Type(value = AccountState.Somebody.class, name = "somebody"),
    @JsonSubTypes.Type(value = AccountState.Gone.class, name = "gone"),
})
sealed interface AccountState extends Journaled {
    AccountState NOBODY = new Nobody();

    /// The state after `event`.
    AccountState apply(AccountEvent event);

    /// An account that was registered once: there is an inbox that must know of it.
    sealed interface Begun {
        String uid();

        /// The number of the last event that changed what inboxes must know: the list's version.
        long listed();

        /// The devices whose tokens count.
        List<LinkedDevice> linked();
    }

    /// Nobody registered under this name yet.
    record Nobody() implements AccountState {
        @Override
        public AccountState apply(final AccountEvent event) {
            if (event instanceof AccountEvent.Registered(var uid, var name, var password, var at)) {
                return new Somebody(uid, name, password, 1, List.of(), at, 1, 1, Optional.empty());
            }
            throw new IllegalStateException("an account begins with its registration, not with " + event.getClass());
        }
    }

    /// A registered account.
    ///
    /// @param uid           never changes
    /// @param name          as in the profile
    /// @param password      the hash
    /// @param passwordSince the number of the event that set this password
    /// @param devices       the linked ones in the order of linking, at most [LinkedDevices#DEVICES_MAX]
    /// @param registered    when
    /// @param version       the number of events so far: the journal's sequence number
    /// @param listed        the number of the last event that changed what inboxes must know: the list's
    /// version
    /// @param disabled   since when nobody may log in; empty: anybody with the password may
    record Somebody(
            String uid,
            String name,
            PasswordHash password,
            long passwordSince,
            List<Device> devices,
            Instant registered,
            long version,
            long listed,
            // absent in what was stored before accounts could be disabled
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> disabled)
            implements AccountState, Begun {
        public Somebody {
            devices = List.copyOf(devices);
        }

        Optional<Device> device(final DeviceId id) {
            return devices.stream().filter(device -> device.id().equals(id)).findFirst();
        }

        /// The device, if `generation` is its present one.
        Optional<Device> device(final DeviceId id, final long generation) {
            return device(id).filter(device -> device.generation() == generation);
        }

        @Override
        public List<LinkedDevice> linked() {
            return devices.stream()
                    .map(device -> new LinkedDevice(device.id(), device.generation()))
                    .toList();
        }

        @Override
        public AccountState apply(final AccountEvent event) {
            return switch (event) {
                case AccountEvent.Registered again ->
                    throw new IllegalStateException("an account is registered once; uid " + again.uid());
                case AccountEvent.DeviceLinked linked -> withDevices(link(linked));
                case AccountEvent.DeviceUnlinked unlinked ->
                    withDevices(devices.stream()
                            .filter(device -> !device.id().equals(unlinked.device()))
                            .toList());
                case AccountEvent.TokenRefreshed refreshed ->
                    next(name, password, passwordSince, refresh(refreshed), listed, disabled);
                case AccountEvent.PasswordChanged changed ->
                    next(name, changed.password(), version + 1, endOthers(changed), version + 1, disabled);
                case AccountEvent.PasswordRehashed rehashed ->
                    next(name, rehashed.password(), passwordSince, devices, listed, disabled);
                case AccountEvent.Renamed renamed ->
                    next(renamed.name(), password, passwordSince, devices, listed, disabled);
                case AccountEvent.TokensEnded ended -> withDevices(end(ended));
                case AccountEvent.Disabled since ->
                    next(name, password, passwordSince, devices, listed, Optional.of(since.at()));
                case AccountEvent.Enabled _ -> next(name, password, passwordSince, devices, listed, Optional.empty());
                case AccountEvent.Deleted deleted -> new Gone(uid, registered, deleted.at(), version + 1, version + 1);
            };
        }

        private List<Device> link(final AccountEvent.DeviceLinked linked) {
            final var earlier = device(linked.device());
            final var device = new Device(
                    linked.device(),
                    linked.name(),
                    linked.platform(),
                    earlier.map(Device::linked).orElse(linked.at()),
                    linked.generation(),
                    1,
                    linked.at());
            if (earlier.isPresent()) {
                return changed(linked.device(), before -> device);
            }
            final var longer = new ArrayList<>(devices);
            longer.add(device);
            return longer;
        }

        private List<Device> refresh(final AccountEvent.TokenRefreshed refreshed) {
            return changed(refreshed.device(), device -> device.rotated(refreshed.counter(), refreshed.at()));
        }

        private List<Device> endOthers(final AccountEvent.PasswordChanged changed) {
            return devices.stream()
                    .map(device -> device.id().equals(changed.by())
                            ? device
                            : device.ended(changed.generation(), changed.at()))
                    .toList();
        }

        private List<Device> end(final AccountEvent.TokensEnded ended) {
            return devices.stream()
                    .map(device -> ended.device().map(device.id()::equals).orElse(true)
                            ? device.ended(ended.generation(), ended.at())
                            : device)
                    .toList();
        }

        private List<Device> changed(final DeviceId id, final UnaryOperator<Device> change) {
            return devices.stream()
                    .map(device -> device.id().equals(id) ? change.apply(device) : device)
                    .toList();
        }

        private Somebody withDevices(final List<Device> devicesThen) {
            return next(name, password, passwordSince, devicesThen, version + 1, disabled);
        }

        private Somebody next(
                final String nameThen,
                final PasswordHash passwordThen,
                final long passwordSinceThen,
                final List<Device> devicesThen,
                final long listedThen,
                final Optional<Instant> disabledThen) {
            return new Somebody(
                    uid,
                    nameThen,
                    passwordThen,
                    passwordSinceThen,
                    devicesThen,
                    registered,
                    version + 1,
                    listedThen,
                    disabledThen);
        }
    }

    /// An account that was deleted: nothing is left of it but that its name is taken.
    ///
    /// @param uid        it never belongs to another
    /// @param registered when it began
    /// @param deleted    when it ended
    /// @param version    the number of events so far: the journal's sequence number
    /// @param listed     the number of the event that ended it: what the inbox must know
    record Gone(String uid, Instant registered, Instant deleted, long version, long listed)
            implements AccountState, Begun {
        @Override
        public List<LinkedDevice> linked() {
            return List.of();
        }

        @Override
        public Gone apply(final AccountEvent event) {
            if (event instanceof AccountEvent.Deleted) {
                return new Gone(uid, registered, deleted, version + 1, listed);
            }
            throw new IllegalStateException("nothing happens to a deleted account any more: " + event.getClass());
        }
    }

    /// A linked device.
    ///
    /// @param linked     when it was linked first
    /// @param generation tokens of any other generation are refused
    /// @param counter    the number in its newest refresh token
    /// @param rotated    when that token was given
    record Device(
            DeviceId id, String name, String platform, Instant linked, long generation, long counter, Instant rotated) {
        Device rotated(final long counterThen, final Instant at) {
            return new Device(id, name, platform, linked, generation, counterThen, at);
        }

        Device ended(final long generationThen, final Instant at) {
            return new Device(id, name, platform, linked, generationThen, 1, at);
        }

        Outcome.DeviceOnList onList() {
            return new Outcome.DeviceOnList(id, name, platform, linked);
        }
    }
}
