package io.parley.keys;

import io.parley.cluster.ReplyTo;
import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.keys.KeysReply.NotNow;
import io.parley.serialization.ClusterMessage;
import java.util.List;
import java.util.Optional;

/// What the keeper of a person's keys is told. Each names the person, and a keeper refuses what is for another.
/// Whoever asks has seen to it that the account exists and that the asking device is linked.
sealed interface KeysCommand extends ClusterMessage {
    /// Whose keys they are.
    UserId user();

    /// Where the answer goes. Every command can be answered with [NotNow].
    ReplyTo<? super NotNow> replyTo();

    /// A device publishes its signature key.
    ///
    /// @param uid        the account's
    /// @param generation of the token it came with
    /// @param linked     the account's devices
    /// @param identity   the identity key that it has, with its cross-signature by it; none: others are to
    ///                   approve it
    /// @param sealingKey what the others may seal the identity key to
    record Publish(
            UserId user,
            String uid,
            DeviceId device,
            long generation,
            Linkage linked,
            Octets signatureKey,
            Optional<Identity> identity,
            Optional<Octets> sealingKey,
            ReplyTo<KeysReply.ToPublish> replyTo)
            implements KeysCommand {}

    /// An identity key with a cross-signature by it.
    ///
    /// @param replace whether it takes the place of another one, which is allowed only to who knows the
    ///                password: what others have verified is void then
    record Identity(Octets key, Octets signature, boolean replace) {}

    /// A device approves another one of the same person.
    record Sign(
            UserId user,
            String uid,
            DeviceId by,
            Linkage linked,
            DeviceId device,
            Octets signature,
            Optional<Octets> sealed,
            ReplyTo<KeysReply.ToSign> replyTo)
            implements KeysCommand {}

    /// A device puts key packages there, which are whole, its own and signed: that was checked.
    ///
    /// @param signatureKey the key that all of them are signed with
    record StockUp(
            UserId user,
            DeviceId device,
            Octets signatureKey,
            List<StoredPackage> packages,
            Optional<StoredPackage> lastResort,
            ReplyTo<KeysReply.ToStock> replyTo)
            implements KeysCommand {
        public StockUp {
            packages = List.copyOf(packages);
        }
    }

    /// A device takes its key packages back.
    record Drop(UserId user, DeviceId device, ReplyTo<KeysReply.ToDrop> replyTo) implements KeysCommand {}

    /// A device asks what is known of itself.
    record AskOwn(UserId user, DeviceId device, ReplyTo<KeysReply.ToOwn> replyTo) implements KeysCommand {}

    /// Somebody wants one key package of each device.
    ///
    /// @param id   of the request: the same again takes nothing more
    /// @param only of these devices alone; empty: of all
    record Claim(
            UserId user,
            String id,
            UserId claimer,
            DeviceId by,
            Linkage linked,
            List<DeviceId> only,
            ReplyTo<KeysReply.ToClaim> replyTo)
            implements KeysCommand {
        public Claim {
            only = List.copyOf(only);
        }
    }

    /// Somebody wants to know the person's keys.
    record Look(UserId user, Linkage linked, ReplyTo<KeysReply.ToLook> replyTo) implements KeysCommand {}

    /// Devices were unlinked: what they had goes, and whoever uses the person's keys is told.
    ///
    /// @param linked those that are left
    record Unlink(UserId user, Linkage linked, ReplyTo<KeysReply.ToUnlink> replyTo) implements KeysCommand {}

    /// The account was deleted.
    record Erase(UserId user, ReplyTo<KeysReply.ToErase> replyTo) implements KeysCommand {}
}
