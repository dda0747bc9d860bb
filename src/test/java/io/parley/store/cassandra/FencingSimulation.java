package io.parley.store.cassandra;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/// One entity's rows on three replicas, written by a sequence of owners of which each may fall asleep at any
/// point: with a row decided on and not yet handed over, or handed over and not yet arrived anywhere. Rows of
/// one write reach each replica at a time of its own, long after a later owner has taken over, or never.
/// Owners' clocks are off by up to a day.
///
/// Everything is driven by one random number generator; the same seed gives the same history. Which rows are
/// the log is decided by the production class ([Lineage]).
final class FencingSimulation {
    /// A rule that is left out, to show that it is needed.
    enum Without {
        NOTHING,
        /// Rows are told apart by their time alone.
        EPOCHS,
        /// A new owner does not say durably which log it has found.
        SEAL,
        /// The row with the highest term counts, whatever row it stands behind.
        LINKS,
        /// A new owner serves before its seal is stored.
        SEAL_BEFORE_SERVING,
        /// An older owner's seal that comes late replaces a newer one.
        NEWEST_SEAL,
        /// An owner that finds its write stored says so, lease or not.
        LEASE_BEFORE_ANSWERING,
        /// An entity that starts again after a write was given up goes on under its old term.
        NEW_TERM_AFTER_DOUBT,
        /// An entity that starts again after a write was given up does not say again which log it has found.
        SEAL_AFTER_DOUBT
    }

    private static final int REPLICAS = 3;
    private static final int QUORUM = 2;
    private static final int STEPS = 60;

    private record Row(long seq, Writer writer, long time, String text) implements Lineage.Row {}

    /// Rows or a seal, on their way to one replica.
    private record Delivery(int replica, Write write) {}

    private static final class Write {
        private final List<Row> rows;
        private final Optional<Seal> seal;
        private int stored;

        private Write(final List<Row> rows, final Optional<Seal> seal) {
            this.rows = rows;
            this.seal = seal;
        }
    }

    private final class Owner {
        private final long skew = (random.nextInt(2) * 2L - 1) * random.nextInt(86_400_000);
        private final long epoch = ++epochs;
        private boolean lease = true;
        private boolean serves;
        private boolean doubt; // a write was given up and may still arrive
        private long starts;
        private Term term = Term.NONE;
        private long head;
        private Term last = Term.NONE;
        private final Set<String> known = new HashSet<>();
        private Optional<Write> sealing = Optional.empty();
        private Optional<List<Row>> decided = Optional.empty();
        private Optional<Write> underWay = Optional.empty();

        /// Reads the log and says which one it has found; serves when that is stored.
        private void recover() {
            if (starts == 0 || without != Without.NEW_TERM_AFTER_DOUBT) {
                term = new Term(without == Without.EPOCHS ? 0 : epoch, ++starts);
            }
            final var log = quorumRead();
            head = log.isEmpty() ? 0 : log.getLast().seq();
            last = log.isEmpty() ? Term.NONE : log.getLast().writer().term();
            known.clear();
            log.forEach(row -> known.add(row.text()));
            // The same owner, whose writes have all been answered: what it has sealed still holds.
            final boolean isSealed = (!doubt || without == Without.SEAL_AFTER_DOUBT)
                    && sealRead.by().epoch() == epoch;
            final boolean seals = !log.isEmpty() && !isSealed && without != Without.SEAL;
            serves = !seals || without == Without.SEAL_BEFORE_SERVING;
            if (serves) {
                answerResends(log);
            }
            if (seals) {
                final var write = new Write(List.of(), Optional.of(new Seal(term, head, last)));
                sealing = Optional.of(write);
                send(write);
            }
        }

        private void sealed() {
            sealing = Optional.empty();
            doubt = false;
            serves = true;
            answerResends(quorumRead());
        }

        /// Clients that had no answer ask again; what is in the log is acknowledged at once.
        private void answerResends(final List<Row> log) {
            if (lease) {
                log.stream().filter(_ -> random.nextBoolean()).forEach(row -> acknowledged.put(row.text(), row.seq()));
            }
        }

        /// Something new, or what some client has sent before and got no answer for, unless it is in the log.
        private String next() {
            final var again = sent.isEmpty() ? "" : sent.get(random.nextInt(sent.size()));
            if (random.nextBoolean() && !again.isEmpty() && known.add(again)) {
                return again;
            }
            final var fresh = "t" + ++texts;
            sent.add(fresh);
            known.add(fresh);
            return fresh;
        }

        private void decide() {
            final var rows = new ArrayList<Row>();
            final int many = 1 + random.nextInt(3);
            for (int i = 1; i <= many; i++) {
                final var after = last.equals(term) || i > 1 ? Optional.<Term>empty() : Optional.of(last);
                rows.add(new Row(head + i, new Writer(term, after), ++clock + skew, next()));
            }
            decided = Optional.of(rows);
        }

        /// The last step before the driver has looked at the lease; the owner may have fallen asleep right
        /// behind it.
        private void handOver() {
            final var write = new Write(decided.orElseThrow(), Optional.empty());
            decided = Optional.empty();
            underWay = Optional.of(write);
            send(write);
        }

        private void answer() {
            final var write = underWay.orElseThrow();
            underWay = Optional.empty();
            head = write.rows.getLast().seq();
            last = term;
            if (lease || without == Without.LEASE_BEFORE_ANSWERING) {
                write.rows.forEach(row -> acknowledged.put(row.text(), row.seq()));
            }
        }
    }

    private void send(final Write write) {
        for (int replica = 0; replica < REPLICAS; replica++) {
            deliveries.add(new Delivery(replica, write));
        }
    }

    private final Random random;
    private final Without without;
    private final List<TreeMap<Long, List<Row>>> replicas = new ArrayList<>();
    private final List<Seal> seals = new ArrayList<>();
    private final List<Delivery> deliveries = new ArrayList<>();
    private final List<Owner> owners = new ArrayList<>();
    private final Map<String, Long> acknowledged = new HashMap<>();
    private final List<String> sent = new ArrayList<>();
    private Seal sealRead = Seal.NONE;
    private long epochs;
    private long clock = 1_000_000_000_000L;
    private long texts;

    private FencingSimulation(final long seed, final Without without) {
        this.random = new Random(seed);
        this.without = without;
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(new TreeMap<>());
            seals.add(Seal.NONE);
        }
    }

    /// Plays one history. A log that cannot be made out any more is as wrong as one that lacks something.
    ///
    /// @return what is wrong: acknowledged and not in the log, or in it twice; empty if all is well
    static Optional<String> play(final long seed, final Without without) {
        try {
            return new FencingSimulation(seed, without).play();
        } catch (final Lineage.Damaged damaged) {
            return Optional.of(String.valueOf(damaged.getMessage()));
        }
    }

    private Optional<String> play() {
        takeOver();
        for (int step = 0; step < STEPS; step++) {
            step();
        }
        while (!deliveries.isEmpty()) {
            deliver();
        }
        final var log = new HashMap<String, Long>();
        for (final var row : quorumRead()) {
            if (log.put(row.text(), row.seq()) != null) {
                return Optional.of(row.text() + " is in the log twice");
            }
        }
        return acknowledged.entrySet().stream()
                .filter(told -> !told.getValue().equals(log.get(told.getKey())))
                .map(told -> told.getKey() + " was told to be number " + told.getValue() + ", the log says "
                        + log.get(told.getKey()))
                .findFirst();
    }

    private void step() {
        clock += random.nextInt(1_000);
        final var owner = owners.get(random.nextInt(3) == 0 ? random.nextInt(owners.size()) : owners.size() - 1);
        switch (random.nextInt(11)) {
            case 0, 1 -> {
                if (owner.serves && owner.decided.isEmpty() && owner.underWay.isEmpty() && owner.lease) {
                    owner.decide();
                }
            }
            case 2, 3 -> {
                if (owner.decided.isPresent()) { // asleep since it looked at its lease, perhaps
                    owner.handOver();
                }
            }
            case 4, 5 -> deliver();
            case 6 -> {
                if (owner.underWay.isPresent() && owner.underWay.get().stored >= QUORUM) {
                    owner.answer();
                }
            }
            case 7 -> {
                if (owner.sealing.isPresent() && owner.sealing.get().stored >= QUORUM) {
                    owner.sealed();
                }
            }
            case 8 -> {
                if (owner.underWay.isPresent() && owner.lease) { // too slow: given up, the entity starts again
                    owner.underWay = Optional.empty();
                    owner.doubt = true;
                    owner.recover();
                }
            }
            case 9 -> { // nobody needed it for a while
                if (owner.serves
                        && owner.lease
                        && owner.decided.isEmpty()
                        && owner.underWay.isEmpty()
                        && owner.sealing.isEmpty()) {
                    owner.recover();
                }
            }
            default -> {
                if (random.nextInt(4) == 0) {
                    takeOver();
                }
            }
        }
    }

    /// The shard moves: the old owner's lease is over before the new owner begins, whether it has noticed or
    /// not.
    private void takeOver() {
        owners.forEach(owner -> owner.lease = false);
        final var owner = new Owner();
        owner.recover();
        owners.add(owner);
    }

    private void deliver() {
        if (deliveries.isEmpty()) {
            return;
        }
        final var delivery = deliveries.remove(random.nextInt(deliveries.size()));
        store(delivery.replica(), delivery.write().rows);
        delivery.write()
                .seal
                .ifPresent(seal -> seals.set(delivery.replica(), newer(seals.get(delivery.replica()), seal)));
        delivery.write().stored++;
    }

    private Seal newer(final Seal there, final Seal comes) {
        return without == Without.NEWEST_SEAL || comes.by().compareTo(there.by()) > 0 ? comes : there;
    }

    private void store(final int replica, final List<Row> rows) {
        for (final var row : rows) {
            final var there = replicas.get(replica).computeIfAbsent(row.seq(), _ -> new ArrayList<>());
            if (!there.contains(row)) {
                there.add(row);
            }
        }
    }

    /// Two replicas, made equal before the answer (Cassandra's blocking read repair).
    private List<Row> quorumRead() {
        final int one = random.nextInt(REPLICAS);
        final int other = (one + 1 + random.nextInt(REPLICAS - 1)) % REPLICAS;
        final var seal = newer(seals.get(one), seals.get(other));
        seals.set(one, seal);
        seals.set(other, seal);
        sealRead = seal;
        replicas.get(one).values().stream().map(List::copyOf).toList().forEach(rows -> store(other, rows));
        replicas.get(other).values().stream().map(List::copyOf).toList().forEach(rows -> store(one, rows));
        final var numbers = replicas.get(one);
        return switch (without) {
            case LINKS ->
                bestOfEach(
                        numbers, Comparator.comparing((Row row) -> row.writer().term()));
            case EPOCHS -> bestOfEach(numbers, Comparator.comparingLong(Row::time));
            default ->
                Lineage.resolve(numbers.values().stream().flatMap(List::stream).toList(), seal)
                        .log();
        };
    }

    private static List<Row> bestOfEach(final Map<Long, List<Row>> numbers, final Comparator<Row> rank) {
        return numbers.values().stream()
                .map(rows -> rows.stream().max(rank).orElseThrow())
                .toList();
    }
}
