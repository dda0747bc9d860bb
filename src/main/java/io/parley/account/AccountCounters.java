package io.parley.account;

import io.parley.cluster.Latencies;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// How often something about accounts was refused or a bound was hit on this node, since it started.
public final class AccountCounters {
    /// What is counted.
    public enum Counted {
        /// A command came to an account it was not for.
        MISADDRESSED,
        /// An account neither wrote nor answered because the membership lease did not hold.
        LEASE_LOST,
        /// Events of an account could not be stored; whoever asked was refused.
        WRITE_FAILED,
        /// An account could not be read from the journal.
        RECOVERY_FAILED,
        /// The inbox did not confirm within its time.
        INBOX_LATE,
        /// A registration or login was refused because too many wait for the inbox.
        INBOX_QUEUE_FULL,
        /// A refresh token was used a second time and its device was unlinked.
        REFRESH_REUSED,
        /// A password was not hashed because too many were waiting.
        HASHING_FULL,
        /// Unknown user or wrong password.
        PASSWORD_WRONG,
        /// An access or refresh token was refused.
        TOKEN_REFUSED,
        /// A login or refresh was refused because an operator had disabled the account.
        DISABLED_REFUSED
    }

    private final Map<Counted, LongAdder> counts = new EnumMap<>(Counted.class);

    private final Latencies writes = new Latencies();

    public AccountCounters() {
        for (final var counted : Counted.values()) {
            counts.put(counted, new LongAdder());
        }
    }

    void add(final Counted counted) {
        final var count = counts.get(counted);
        if (count != null) { // always: the constructor made one for each
            count.increment();
        }
    }

    /// Writes of accounts, from the order to the durable end.
    public Latencies writes() {
        return writes;
    }

    /// One number.
    public long of(final Counted counted) {
        final var count = counts.get(counted);
        return count == null ? 0 : count.sum();
    }
}
