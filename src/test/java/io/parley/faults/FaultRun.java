package io.parley.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.history.Event;
import io.parley.history.History;
import io.parley.local.CassandraNode;
import io.parley.local.LocalCluster;
import io.parley.local.NodeSettings;
import io.parley.local.ParleyNode;
import io.parley.local.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// People who write to each other through a real cluster while faults come in random order, and the history of
/// it. What happens in which order follows from the seed; when exactly, from the machine.
final class FaultRun implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofMinutes(4);
    private static final Duration QUIET_WITHIN = Duration.ofMinutes(2);
    private static final Duration QUIET = Duration.ofSeconds(4);
    private static final Duration FROZEN = Duration.ofSeconds(30);
    private static final Duration CASSANDRA_AWAY = Duration.ofSeconds(12);
    private static final Duration CASSANDRA_SLOW = Duration.ofSeconds(15);
    private static final Duration NODE_AWAY = Duration.ofSeconds(3);

    /// Longer than it takes until a node that is cut off has been put out, has ended, others have its entities,
    /// and it has been started again and found nobody.
    private static final Duration CUT_OFF = Duration.ofSeconds(40);

    private static final Duration STANDS_STILL = Duration.ofMillis(200);
    private static final Duration GOES_ON = Duration.ofMillis(50);

    /// A node for a run: no limits on how much is sent, tokens that last, passwords that cost little.
    static NodeSettings tuned(final NodeSettings node) {
        return node.with("PARLEY_RATE_LIMITS", "off")
                .with("PARLEY_ACCESS_TOKEN_TTL", "24h")
                .withFlag("-Dparley.account.passwords.memory=1 MiB")
                .withFlag("-Dparley.account.passwords.iterations=1");
    }

    /// How much goes on.
    ///
    /// @param people       each writes to two others, and to none
    /// @param devices      of each person
    /// @param writesPerSecond of all together
    record Crowd(int people, int devices, int writesPerSecond) {}

    private final LocalCluster cluster;
    private final Random random;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final ScheduledExecutorService supervisor = Executors.newSingleThreadScheduledExecutor();
    private final List<RecordedDevice> devices = new ArrayList<>();
    private final Map<String, Person.Login> readers = new HashMap<>();
    private final Map<String, Person> people = new HashMap<>();
    private final List<String> conversations = new ArrayList<>();
    private final List<String> stuck = new ArrayList<>();
    private final History history = new History(); // guarded by itself
    private final AtomicLong acknowledged = new AtomicLong();
    private final Rebalances rebalances = new Rebalances();
    private final ScheduledExecutorService observer = Executors.newSingleThreadScheduledExecutor();
    private final Consumer<String> say;
    private volatile boolean supervised;
    private volatile boolean writing;

    /// @param say progress, a line each
    FaultRun(final LocalCluster cluster, final long seed, final Consumer<String> say) {
        this.cluster = cluster;
        this.random = new Random(seed);
        this.say = say;
    }

    /// The people register, log in with all their devices, connect, and begin to write.
    void begin(final Crowd crowd) {
        record(new Event.WallClock(System.nanoTime(), "", Instant.now()));
        final var nodes = cluster.nodes().stream().map(ParleyNode::address).toList();
        final var names = new ArrayList<String>();
        for (int i = 0; i < crowd.people(); i++) {
            names.add("p" + (char) ('a' + i % 26) + i);
        }
        for (int i = 0; i < names.size(); i++) {
            final var other = names.get((i + 1) % names.size());
            conversations.add(
                    names.get(i).compareTo(other) <= 0 ? names.get(i) + "~" + other : other + "~" + names.get(i));
        }
        for (final var name : names) {
            final var person = new Person(name, nodes, new Random(random.nextLong()));
            person.register();
            people.put(name, person);
            final var theirs =
                    conversations.stream().filter(each -> isMember(each, name)).toList();
            for (int i = 0; i < crowd.devices(); i++) {
                final var login = person.login();
                readers.put(name, login);
                // One of each two: what was sent to a node that sleeps must be there when it wakes.
                final var silence = devices.size() % 2 == 0 ? RecordedDevice.PATIENT : RecordedDevice.SILENCE;
                final var device = new RecordedDevice(
                        person, login, nodes, theirs, silence, new Random(random.nextLong()), clock, this::record);
                devices.add(device);
                device.start();
            }
        }
        writing = true;
        final var turns = new Random(random.nextLong());
        final var _ = clock.scheduleAtFixedRate(
                () -> {
                    if (writing) {
                        devices.get(turns.nextInt(devices.size())).write();
                    }
                },
                0,
                1_000_000L / crowd.writesPerSecond(),
                TimeUnit.MICROSECONDS);
        supervised = true;
        final var _ = supervisor.scheduleWithFixedDelay(this::startWhatHasEnded, 1, 1, TimeUnit.SECONDS);
        final var _ = observer.scheduleWithFixedDelay(this::lookAtShards, 1, 1, TimeUnit.SECONDS);
    }

    private void lookAtShards() {
        for (final var node : cluster.nodes()) {
            rebalances.saw(node.number(), node.metric("shards{entity=\"conversation\"}"), System.nanoTime());
        }
    }

    Rebalances rebalances() {
        return rebalances;
    }

    private static boolean isMember(final String conversation, final String name) {
        return List.of(conversation.split("~")).contains(name);
    }

    private void record(final Event event) {
        synchronized (history) {
            history.add(event);
        }
        if (event instanceof Event.SendOk) {
            acknowledged.incrementAndGet();
        }
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /// What an operator's supervisor does: a node that ends by itself, such as one that was downed while it
    /// slept, is started again.
    private synchronized void startWhatHasEnded() {
        if (!supervised) {
            return;
        }
        for (final var node : cluster.nodes()) {
            if (!node.isRunning()) {
                say.accept(node + " has ended and is started again");
                node.start();
            }
        }
    }

    /// Waits until so many more messages have been acknowledged: the faults come into traffic.
    void letRun(final long messages) {
        final long goal = acknowledged.get() + messages;
        await(() -> acknowledged.get() >= goal, READY_WITHIN, messages + " messages more to be acknowledged");
    }

    /// Faults at the same time, of different targets, from their beginning until all nodes are ready again.
    void faults(final List<Kind> together) {
        final var name = together.stream()
                .map(kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(" + "));
        say.accept(name);
        final var actions = together.stream().map(this::action).toList(); // who it is follows from the seed
        record(new Event.Fault(System.nanoTime(), name, Event.Phase.BEGIN));
        try (var all = Executors.newVirtualThreadPerTaskExecutor()) {
            actions.stream()
                    .map(action -> CompletableFuture.runAsync(action, all))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
        awaitReady();
        record(new Event.Fault(System.nanoTime(), name, Event.Phase.END));
    }

    private Runnable action(final Kind kind) {
        final var nodes = new ArrayList<>(cluster.nodes());
        Collections.shuffle(nodes, random);
        final var replicas = new ArrayList<>(cluster.ring().nodes());
        Collections.shuffle(replicas, random);
        return switch (kind) {
            case KILL_ONE -> () -> killAndStart(nodes.subList(0, 1));
            case KILL_TWO -> () -> killAndStart(nodes.subList(0, 2));
            case KILL_ALL -> () -> killAndStart(nodes);
            case FREEZE -> () -> freeze(nodes.getFirst());
            case CUT_OFF -> () -> untilHealed(() -> cluster.network().isolate(1));
            case CUT_ONE_WAY -> {
                final boolean mute = random.nextBoolean(); // otherwise it is deaf
                yield () -> untilHealed(() -> cutOneWay(nodes.getFirst(), nodes.subList(1, nodes.size()), mute));
            }
            case KILL_CASSANDRA -> () -> killAndStartReplicas(replicas.subList(0, 1));
            case FREEZE_CASSANDRA -> () -> freeze(replicas.subList(0, 1));
            case FREEZE_TWO_CASSANDRAS -> () -> freeze(replicas.subList(0, 2));
            case KILL_ALL_CASSANDRAS -> () -> killAndStartReplicas(replicas);
            case SLOW_CASSANDRA -> () -> slow(replicas.getFirst());
            case ROLLING_RESTART -> this::restartOneByOne;
            case VANISH ->
                () -> {
                    for (int i = 0; i < devices.size(); i += 2) {
                        devices.get(i).vanish();
                    }
                };
        };
    }

    private void killAndStart(final List<ParleyNode> nodes) {
        synchronized (this) { // the supervisor is slower than we are
            nodes.forEach(ParleyNode::kill);
        }
        pass(NODE_AWAY);
        startWhatHasEnded();
    }

    private void killAndStartReplicas(final List<CassandraNode> replicas) {
        replicas.forEach(CassandraNode::kill);
        pass(CASSANDRA_AWAY);
        replicas.forEach(CassandraNode::start);
        cluster.ring().awaitUp();
    }

    private void freeze(final ParleyNode node) {
        node.pause();
        pass(FROZEN);
        node.resume();
    }

    private static void freeze(final List<CassandraNode> replicas) {
        replicas.forEach(CassandraNode::pause);
        pass(CASSANDRA_AWAY);
        replicas.forEach(CassandraNode::resume);
    }

    /// Stands still most of the time, and answers in between.
    private static void slow(final CassandraNode replica) {
        final long until = System.nanoTime() + CASSANDRA_SLOW.toNanos();
        while (System.nanoTime() < until) {
            replica.pause();
            pass(STANDS_STILL);
            replica.resume();
            pass(GOES_ON);
        }
    }

    private void cutOneWay(final ParleyNode one, final List<ParleyNode> others, final boolean mute) {
        for (final var other : others) {
            if (mute) {
                cluster.network().cut(one.number(), other.number());
            } else {
                cluster.network().cut(other.number(), one.number());
            }
        }
    }

    private void untilHealed(final Runnable cut) {
        cut.run();
        pass(CUT_OFF);
        cluster.network().heal();
    }

    private void restartOneByOne() {
        for (final var node : cluster.nodes()) {
            restart(node, () -> {});
            node.awaitReady(READY_WITHIN);
        }
    }

    /// Stops a node in good order and starts it again; the supervisor does not take it for one that has ended.
    ///
    /// @param between what is done while it is stopped
    synchronized void restart(final ParleyNode node, final Runnable between) {
        node.stop();
        between.run();
        node.start();
    }

    private void awaitReady() {
        await(() -> cluster.nodes().stream().allMatch(ParleyNode::ready), READY_WITHIN, "all nodes to be ready");
    }

    /// Time that belongs to the fault itself.
    private static void pass(final Duration time) {
        final long until = System.nanoTime() + time.toNanos();
        await(() -> System.nanoTime() >= until, time.plusSeconds(60), "time to pass");
    }

    /// Nobody writes any more; waits until everything has a ✓ and nothing comes any more, then reads what is
    /// there. Clients that still wait after two minutes are told of in [#stuck].
    ///
    /// @return all that happened
    List<Event> end() {
        writing = false;
        awaitReady();
        Waiting.within(QUIET_WITHIN, () -> devices.stream().allMatch(RecordedDevice::isQuiet));
        devices.forEach(device -> device.waitsFor().ifPresent(stuck::add));
        awaitSilence();
        for (final var conversation : conversations) {
            readLog(conversation.split("~", 2)[0], conversation);
        }
        people.keySet().forEach(this::readUnread);
        supervised = false;
        devices.forEach(RecordedDevice::stop);
        synchronized (history) {
            return List.copyOf(history);
        }
    }

    /// What did not come to an end, a line each: nobody may wait for ever.
    List<String> stuck() {
        return List.copyOf(stuck);
    }

    private void awaitSilence() {
        final var seen = new AtomicLong(-1);
        final var since = new AtomicLong(System.nanoTime());
        await(
                () -> {
                    final long now = size();
                    if (seen.getAndSet(now) != now) {
                        since.set(System.nanoTime());
                    }
                    return System.nanoTime() - since.get() > QUIET.toNanos();
                },
                QUIET_WITHIN,
                "nothing more to come");
    }

    private long size() {
        synchronized (history) {
            return history.size();
        }
    }

    private void readLog(final String reader, final String conversation) {
        final var entries = new ArrayList<Event.Entry>();
        final var token = tokenOf(reader);
        long head = Long.MAX_VALUE;
        while (entries.size() < head) {
            final long after = entries.isEmpty() ? 0 : entries.getLast().seq();
            final var page = of(people, reader)
                    .get("/v1/conversations/" + conversation + "/messages?limit=200&after=" + after, token);
            head = page.path("head").asLong();
            if (page.path("messages").isEmpty()) {
                break;
            }
            for (final JsonNode each : page.path("messages")) {
                entries.add(new Event.Entry(
                        each.path("seq").asLong(),
                        each.path("id").asText(),
                        each.path("from").asText(),
                        each.path("device").asText(),
                        each.path("body").path("text").asText()));
            }
        }
        record(new Event.FinalLog(System.nanoTime(), clientOf(reader), conversation, entries));
    }

    private void readUnread(final String member) {
        final var list = of(people, member).get("/v1/conversations?limit=100", tokenOf(member));
        for (final var each : list.path("conversations")) {
            record(new Event.FinalUnread(
                    System.nanoTime(),
                    clientOf(member),
                    each.path("conversation").asText(),
                    each.path("unread").asLong(),
                    each.path("read").asLong(),
                    each.path("delivered").asLong()));
        }
    }

    private static <T> T of(final Map<String, T> all, final String person) {
        return Objects.requireNonNull(all.get(person), person);
    }

    private String tokenOf(final String person) {
        return of(readers, person).token();
    }

    private String clientOf(final String person) {
        return Event.client(person, of(readers, person).device());
    }

    private static void await(final BooleanSupplier condition, final Duration atMost, final String what) {
        Waiting.until(atMost, condition, () -> "waited for " + what);
    }

    @Override
    public void close() {
        supervised = false;
        writing = false;
        devices.forEach(RecordedDevice::stop);
        clock.shutdownNow();
        supervisor.shutdownNow();
        observer.shutdownNow();
    }
}
