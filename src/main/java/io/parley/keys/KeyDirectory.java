package io.parley.keys;

import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.Counters;
import io.parley.cluster.MembershipLease;
import io.parley.cluster.ReplyTo;
import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.keys.KeysReply.NotNow;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;

/// The door to everybody's keys, one per node. Every call may be made from any thread, returns at once, and is
/// answered within [#PATIENCE]: with [NotNow] where nothing is known of what became of it. All may be repeated.
/// Who calls sees to it that the person exists and that the asking device is linked.
public final class KeyDirectory {
    /// How long an answer is awaited, a recovery included.
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /// A device of the person, as its token says.
    ///
    /// @param uid        the account's
    /// @param generation when it was linked, by the account's count
    /// @param linked     the account's devices
    public record Asker(UserId user, String uid, DeviceId device, long generation, Linkage linked) {}

    private final ClusterSharding sharding;
    private final Keys.Shared shared;
    private final KeyPackageChecks checks;

    /// @param notices the way to a person's devices
    /// @param lease   whether this node may still write
    public KeyDirectory(
            final ActorSystem<?> system,
            final Notices notices,
            final MembershipLease lease,
            final Counters counters,
            final InstantSource clock) {
        this.sharding = ClusterSharding.get(system);
        this.shared = new Keys.Shared(notices, lease, counters, clock);
        this.checks = new KeyPackageChecks(counters);
    }

    /// Lets this node host keys. Once, before the first call.
    public void init() {
        sharding.init(Entity.of(Keys.KEY, entity -> Keys.create(new UserId(entity.getEntityId()), shared)));
    }

    /// Publishes a device's signature key, with the identity key and its cross-signature if the device has it.
    ///
    /// @param replace whether the identity key takes the place of another; the password was checked
    public CompletionStage<KeysReply.ToPublish> publish(
            final Asker asker,
            final Octets signatureKey,
            final Optional<IdentityProof> identity,
            final boolean replace,
            final Optional<Octets> sealingKey) {
        return ask(
                asker.user(),
                replyTo -> new KeysCommand.Publish(
                        asker.user(),
                        asker.uid(),
                        asker.device(),
                        asker.generation(),
                        asker.linked(),
                        signatureKey,
                        identity.map(proof -> new KeysCommand.Identity(proof.key(), proof.signature(), replace)),
                        sealingKey,
                        replyTo));
    }

    /// An identity key and its cross-signature of the device that brings it.
    public record IdentityProof(Octets key, Octets signature) {}

    /// Approves another device of the same person.
    ///
    /// @param sealed the identity key, readable to that device alone
    public CompletionStage<KeysReply.ToSign> sign(
            final Asker asker, final DeviceId device, final Octets signature, final Optional<Octets> sealed) {
        return ask(
                asker.user(),
                replyTo -> new KeysCommand.Sign(
                        asker.user(), asker.uid(), asker.device(), asker.linked(), device, signature, sealed, replyTo));
    }

    /// Looks at key packages that a device brings, on threads of their own. Fails with
    /// [java.util.concurrent.RejectedExecutionException] where too many wait already.
    ///
    /// @param uid        the account's
    /// @param packages   each a whole MLSMessage
    /// @param lastResort likewise
    public CompletionStage<KeyPackageCheck.Result> check(
            final String uid, final DeviceId device, final List<Octets> packages, final Optional<Octets> lastResort) {
        return checks.run(new KeyPackageCheck(uid, device, shared.clock().instant()), packages, lastResort);
    }

    /// Adds to a device's key packages.
    public CompletionStage<KeysReply.ToStock> stockUp(final UserId user, final DeviceId device, final Brought brought) {
        return ask(
                user,
                replyTo -> new KeysCommand.StockUp(
                        user, device, brought.signatureKey(), brought.packages(), brought.lastResort(), replyTo));
    }

    /// Takes all key packages of a device back.
    public CompletionStage<KeysReply.ToDrop> drop(final UserId user, final DeviceId device) {
        return ask(user, replyTo -> new KeysCommand.Drop(user, device, replyTo));
    }

    /// What a device may know of itself.
    public CompletionStage<KeysReply.ToOwn> own(final UserId user, final DeviceId device) {
        return ask(user, replyTo -> new KeysCommand.AskOwn(user, device, replyTo));
    }

    /// One key package of each approved device of `user`, taken away from everybody else.
    ///
    /// @param id   of the request: said again, it takes nothing more
    /// @param only of these devices alone; empty: of all
    public CompletionStage<KeysReply.ToClaim> claim(
            final UserId user,
            final Linkage linked,
            final String id,
            final UserId claimer,
            final DeviceId by,
            final List<DeviceId> only) {
        return ask(user, replyTo -> new KeysCommand.Claim(user, id, claimer, by, linked, only, replyTo));
    }

    /// A person's identity key and devices.
    public CompletionStage<KeysReply.ToLook> look(final UserId user, final Linkage linked) {
        return ask(user, replyTo -> new KeysCommand.Look(user, linked, replyTo));
    }

    /// Devices of the person were unlinked.
    ///
    /// @param linked those that are left
    public CompletionStage<KeysReply.ToUnlink> unlinked(final UserId user, final Linkage linked) {
        return ask(user, replyTo -> new KeysCommand.Unlink(user, linked, replyTo));
    }

    /// Deletes all keys of an account that was deleted.
    public CompletionStage<KeysReply.ToErase> erase(final UserId user) {
        return ask(user, replyTo -> new KeysCommand.Erase(user, replyTo));
    }

    private <R extends KeysReply> CompletionStage<R> ask(
            final UserId user, final Function<ReplyTo<R>, KeysCommand> command) {
        return sharding.entityRefFor(Keys.KEY, user.value())
                .ask(replyTo -> command.apply(new ActorReplyTo<>(replyTo)), PATIENCE);
    }
}
