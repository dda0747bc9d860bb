package io.parley.cluster;

import java.time.Duration;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The lease of a node among others: it asks them all, again and again, whether they still take it for a
/// member. When a majority has said yes and nobody no, the lease is held for [#LENGTH] from the moment the
/// question was **sent** (an answer may have waited in a socket while this process was asleep).
///
/// It is safe because others hand a lost node's shards over only `down-removal-margin` after its removal, which
/// is longer, and from its removal on nobody who has seen it says yes. Both clocks must agree that the time is
/// not over: the monotonic one may stand still while a machine sleeps, the other may be set. The rule of the
/// majority is that of the split-brain resolver's keep-majority: more than half, or half with the lowest
/// address among them.
///
/// [#holds] may be called from any thread; everything else from one at a time.
public final class QuorumLease implements MembershipLease {
    /// How long an agreed question holds; less than `down-removal-margin` (`cluster.conf`), with room for
    /// clocks that run at different speeds.
    public static final Duration LENGTH = Duration.ofSeconds(4);

    /// A wall clock that goes back further voids the lease.
    private static final long BACKWARDS_MAX_MILLIS = 1_000;

    private static final int ROUNDS_OPEN_MAX = 8;

    /// When an agreed question was sent.
    private record Term(long nanos, long millis) {}

    private record Round(Term sent, TreeSet<String> members, TreeSet<String> agreed) {}

    private final LongSupplier nanos;
    private final LongSupplier millis;
    private final TreeMap<Long, Round> open = new TreeMap<>();
    private long rounds;

    @Nullable
    private volatile Term term;

    /// Not held.
    ///
    /// @param nanos  a clock that only goes forward
    /// @param millis the wall clock
    public QuorumLease(final LongSupplier nanos, final LongSupplier millis) {
        this.nanos = nanos;
        this.millis = millis;
    }

    @Override
    public boolean holds() {
        final var held = term;
        if (held == null) {
            return false;
        }
        final long byMonotonic = nanos.getAsLong() - held.nanos();
        final long byWall = millis.getAsLong() - held.millis();
        return byMonotonic >= 0
                && byMonotonic < LENGTH.toNanos()
                && byWall >= -BACKWARDS_MAX_MILLIS
                && byWall < LENGTH.toMillis();
    }

    /// A question is about to be sent to all `members`.
    ///
    /// @param members the addresses of all members, this node's too
    /// @param self    this node's
    /// @return the question's number
    public long ask(final Set<String> members, final String self) {
        final long number = ++rounds;
        final var agreed = new TreeSet<String>();
        if (members.contains(self)) {
            agreed.add(self);
        }
        final var round = new Round(new Term(nanos.getAsLong(), millis.getAsLong()), new TreeSet<>(members), agreed);
        open.put(number, round);
        while (open.size() > ROUNDS_OPEN_MAX) {
            open.pollFirstEntry();
        }
        settle(number, round);
        return number;
    }

    /// `member` takes this node for a member.
    public void agreed(final long number, final String member) {
        final var round = open.get(number);
        if (round != null && round.members().contains(member)) {
            round.agreed().add(member);
            settle(number, round);
        }
    }

    /// Somebody sees this node as downed or removed: nothing that was asked before counts any more.
    public void denied() {
        term = null;
        open.clear();
    }

    private void settle(final long number, final Round round) {
        if (!isMajority(round.agreed(), round.members())) {
            return;
        }
        term = round.sent();
        open.headMap(number, true).clear(); // older questions could only shorten it
    }

    static boolean isMajority(final Set<String> some, final SortedSet<String> all) {
        if (all.isEmpty()) {
            return false;
        }
        final int twice = 2 * some.size();
        return twice > all.size() || (twice == all.size() && some.contains(all.first()));
    }
}
