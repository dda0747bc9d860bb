package io.parley.keys;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the keeper of a person's keys answers; one sealed type per command, so that the asker's `switch` names
/// all.
public sealed interface KeysReply extends ClusterMessage {
    sealed interface ToPublish extends KeysReply
            permits Published, NoIdentity, OtherIdentity, OtherKey, BadSignature, NotNow {}

    sealed interface ToSign extends KeysReply permits Made, NoSuchDevice, NotApproved, BadSignature, NotNow {}

    sealed interface ToStock extends KeysReply permits Stock, NoSuchDevice, WrongKey, TooMany, NotNow {}

    sealed interface ToOwn extends KeysReply permits Own, NoSuchDevice, NotNow {}

    sealed interface ToDrop extends KeysReply permits Made, NotNow {}

    sealed interface ToClaim extends KeysReply permits Claimed, TooOften, NotNow {}

    sealed interface ToLook extends KeysReply permits Directory, NotNow {}

    sealed interface ToUnlink extends KeysReply permits Made, NotNow {}

    sealed interface ToErase extends KeysReply permits Made, NotNow {}

    /// The device's key stands in the directory.
    ///
    /// @param approved whether it is cross-signed
    record Published(UserId user, long version, boolean approved) implements ToPublish {}

    /// There is no identity key yet, and none was brought.
    record NoIdentity(UserId user) implements ToPublish {}

    /// There is another identity key than the one that was brought.
    record OtherIdentity(UserId user) implements ToPublish {}

    /// The device has published another signature key before.
    record OtherKey(UserId user, DeviceId device) implements ToPublish {}

    /// A signature is not one of what it should be.
    record BadSignature(UserId user) implements ToPublish, ToSign {}

    record Made(UserId user) implements ToSign, ToDrop, ToUnlink, ToErase {}

    /// The device has not published a key.
    record NoSuchDevice(UserId user, DeviceId device) implements ToSign, ToStock, ToOwn {}

    /// The device that wants to approve another is not approved itself.
    record NotApproved(UserId user, DeviceId device) implements ToSign {}

    /// A key package is signed with another key than the one the device has published.
    record WrongKey(UserId user) implements ToStock {}

    /// There would be more key packages than are kept.
    ///
    /// @param left how many there are
    record TooMany(UserId user, int left) implements ToStock {}

    /// A device's key packages.
    ///
    /// @param left how many are there to be claimed
    record Stock(UserId user, int left, boolean lastResort) implements ToStock {}

    /// What a device may know of itself.
    ///
    /// @param sealed the identity key, sealed to this device by the one that approved it
    record Own(
            UserId user,
            DeviceId device,
            Octets signatureKey,
            Optional<Octets> signature,
            Optional<Octets> sealed,
            int left,
            boolean lastResort)
            implements ToOwn {}

    /// What anybody may know of a person's keys.
    ///
    /// @param identity empty: no device of the person has published one
    /// @param version  rises with each change
    record Directory(UserId user, Optional<Octets> identity, long version, List<Device> devices) implements ToLook {
        public Directory {
            devices = List.copyOf(devices);
        }
    }

    /// One device in the directory.
    ///
    /// @param signature the cross-signature; empty: nobody has approved it
    record Device(
            DeviceId device,
            Octets signatureKey,
            Optional<Octets> signature,
            Optional<Octets> sealingKey,
            Instant since) {}

    /// One key package of each approved device that had any.
    ///
    /// @param directory what the person's keys are, so that the packages can be checked
    record Claimed(UserId user, Directory directory, List<Given> packages) implements ToClaim {
        public Claimed {
            packages = List.copyOf(packages);
        }
    }

    /// A key package.
    ///
    /// @param lastResort whether others have got the same
    record Given(DeviceId device, Octets bytes, boolean lastResort) {}

    /// The claimer has claimed so often of this person that he has to wait.
    ///
    /// @param until when he may go on
    record TooOften(UserId user, Instant until) implements ToClaim {}

    /// Nothing is decided: this may not be the place any more.
    record NotNow(UserId user)
            implements ToPublish, ToSign, ToStock, ToOwn, ToDrop, ToClaim, ToLook, ToUnlink, ToErase {}
}
