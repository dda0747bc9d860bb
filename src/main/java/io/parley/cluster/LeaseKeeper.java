package io.parley.cluster;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/// Asks the other members for this node's lease every second, and answers when they ask for theirs.
public final class LeaseKeeper extends AbstractBehavior<LeaseKeeper.Command> {
    /// What a keeper is told.
    public interface Command {}

    private enum Tick implements Command {
        ASK
    }

    private static final String NAME = "membership-lease";
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int SEEN_MAX = 1_000;

    private final Cluster cluster;
    private final QuorumLease lease;
    private final ClusterIdentity identity;
    private final String self;

    /// The starts of nodes that were members once: who is among them and no member now has been removed.
    private final LinkedHashSet<Long> seen = new LinkedHashSet<>();

    private LeaseKeeper(final ActorContext<Command> context, final QuorumLease lease, final ClusterIdentity identity) {
        super(context);
        this.cluster = Cluster.get(context.getSystem());
        this.lease = lease;
        this.identity = identity;
        this.self = cluster.selfMember().address().toString();
    }

    /// Starts the keeper of this node's lease.
    static void start(final ActorSystem<?> system, final QuorumLease lease, final ClusterIdentity identity) {
        system.systemActorOf(
                Behaviors.<Command>setup(context -> Behaviors.withTimers(timers -> {
                    timers.startTimerWithFixedDelay(Tick.ASK, Duration.ZERO, EVERY);
                    return new LeaseKeeper(context, lease, identity);
                })),
                NAME,
                Props.empty());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Tick.ASK, this::ask)
                .onMessage(LeaseMessage.Question.class, this::answer)
                .onMessage(LeaseMessage.Answer.class, this::heard)
                .build();
    }

    private Behavior<Command> ask() {
        final var members = new TreeSet<String>();
        for (final var member : cluster.state().getMembers()) {
            if (counts(member.status())) {
                members.add(member.address().toString());
                seen.add(member.uniqueAddress().longUid());
            }
        }
        while (seen.size() > SEEN_MAX) {
            seen.removeFirst();
        }
        final long number = lease.ask(members, self);
        final ActorRef<LeaseMessage> replyTo = getContext().getSelf().narrow();
        final var question = new LeaseMessage.Question(
                number,
                self,
                cluster.selfMember().uniqueAddress().longUid(),
                identity.known(),
                new ActorReplyTo<>(replyTo));
        final var others = new TreeSet<>(members);
        others.remove(self);
        for (final var member : cluster.state().getMembers()) {
            if (others.contains(member.address().toString())) {
                keeperAt(member.address())
                        .tell(question, Adapter.toClassic(getContext().getSelf()));
            }
        }
        if (members.contains(self)) {
            identity.consider(others, isOldest());
        }
        return this;
    }

    /// Whoever the split-brain resolver would count, and those that are about to leave.
    static boolean counts(final MemberStatus status) {
        return status.equals(MemberStatus.up())
                || status.equals(MemberStatus.leaving())
                || status.equals(MemberStatus.exiting());
    }

    private boolean isOldest() {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .filter(member -> counts(member.status()))
                .noneMatch(member -> member.isOlderThan(cluster.selfMember()));
    }

    private ActorSelection keeperAt(final Address address) {
        return Adapter.toClassic(getContext().getSystem()).actorSelection(address + "/system/" + NAME);
    }

    private Behavior<Command> answer(final LeaseMessage.Question question) {
        if (!isMember()) {
            return this; // a node that has left knows of nobody any more, and must not speak for the others
        }
        final Optional<Member> asker = StreamSupport.stream(
                        cluster.state().getMembers().spliterator(), false)
                .filter(member -> member.uniqueAddress().longUid() == question.uid()
                        && member.address().toString().equals(question.address()))
                .findFirst();
        final boolean agreed = asker.isPresent() && !asker.get().status().equals(MemberStatus.down());
        final boolean gone = asker.isEmpty() ? seen.contains(question.uid()) : !agreed;
        identity.heard(question.address(), question.cluster());
        question.replyTo().tell(new LeaseMessage.Answer(question.number(), self, agreed, gone, identity.known()));
        return this;
    }

    private boolean isMember() {
        final var own = cluster.selfMember().uniqueAddress();
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .anyMatch(member -> member.uniqueAddress().equals(own) && counts(member.status()));
    }

    private Behavior<Command> heard(final LeaseMessage.Answer answer) {
        identity.heard(answer.address(), answer.cluster());
        if (answer.gone()) {
            lease.denied();
        } else if (answer.agreed()) {
            lease.agreed(answer.number(), answer.address());
        }
        return this;
    }
}
