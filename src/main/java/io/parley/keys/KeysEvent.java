package io.parley.keys;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.serialization.Journaled;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What happened to a person's keys: the journal's schema. Names and fields are frozen; a stored example of
/// each stands in `src/test/resources/journal/keys`.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
    @JsonSubTypes.Type(value = KeysEvent.IdentitySet.class, name = "identity"),
    @JsonSubTypes.Type(value = KeysEvent.DevicePublished.class, name = "device"),
    @JsonSubTypes.Type(value = KeysEvent.DeviceSigned.class, name = "signed"),
    @JsonSubTypes.Type(value = KeysEvent.DevicesGone.class, name = "gone"),
    @JsonSubTypes.Type(value = KeysEvent.PackagesStocked.class, name = "stocked"),
    @JsonSubTypes.Type(value = KeysEvent.PackagesDropped.class, name = "dropped"),
    @JsonSubTypes.Type(value = KeysEvent.PackagesClaimed.class, name = "claimed"),
    @JsonSubTypes.Type(value = KeysEvent.Erased.class, name = "erased"),
})
sealed interface KeysEvent extends Journaled {
    /// The account has its first identity key, or another: then no earlier cross-signature counts any more.
    ///
    /// @param by the device that made it
    record IdentitySet(Octets key, DeviceId by, Instant at) implements KeysEvent {}

    /// A device has a signature key. It never gets another.
    ///
    /// @param generation of the token that the device came with: when it was linked, by the account's count
    /// @param sealingKey what its siblings seal the identity key to, if it wants it
    record DevicePublished(
            DeviceId device, long generation, Octets signatureKey, Optional<Octets> sealingKey, Instant at)
            implements KeysEvent {}

    /// The identity key says that a device is the person's.
    ///
    /// @param by     the device that says so
    /// @param sealed the identity key itself, readable to that device alone; or nothing
    record DeviceSigned(DeviceId device, Octets signature, DeviceId by, Optional<Octets> sealed, Instant at)
            implements KeysEvent {}

    /// Devices were unlinked: nothing of theirs is kept.
    record DevicesGone(List<DeviceId> devices, Instant at) implements KeysEvent {
        public DevicesGone {
            devices = List.copyOf(devices);
        }
    }

    /// A device has put key packages there.
    ///
    /// @param lastResort takes the place of the one before; empty: that one stays
    /// @param at         those whose lifetime is over by then are kept no longer
    record PackagesStocked(
            DeviceId device, List<StoredPackage> packages, Optional<StoredPackage> lastResort, Instant at)
            implements KeysEvent {
        public PackagesStocked {
            packages = List.copyOf(packages);
        }
    }

    /// A device has taken all its key packages back.
    record PackagesDropped(DeviceId device) implements KeysEvent {}

    /// Somebody took key packages: nobody else gets them.
    ///
    /// @param id    of the request: asked again, it is answered the same
    /// @param taken one of each device that had any
    record PackagesClaimed(String id, UserId claimer, DeviceId by, List<Taken> taken, Instant at) implements KeysEvent {
        public PackagesClaimed {
            taken = List.copyOf(taken);
        }
    }

    /// The account was deleted: nothing is kept. Said again it changes nothing, but what was stored before it
    /// is deleted once more.
    record Erased(Instant at) implements KeysEvent {}

    /// A key package of a device.
    record Taken(DeviceId device, Octets ref) {}
}
