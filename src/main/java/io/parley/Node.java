package io.parley;

import com.typesafe.config.Config;
import io.parley.account.AccountCounters;
import io.parley.account.Accounts;
import io.parley.account.InboxNoted;
import io.parley.account.LinkedDevices;
import io.parley.account.TokenKeys;
import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.Counters;
import io.parley.cluster.MembershipLease;
import io.parley.conversation.Conversation;
import io.parley.conversation.ConversationLog;
import io.parley.conversation.Nonce;
import io.parley.http.Api;
import io.parley.http.ClientPort;
import io.parley.http.ShardedEntities;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.ops.LostMessages;
import io.parley.ops.ManagementPort;
import io.parley.session.Connections;
import io.parley.session.Session;
import io.parley.store.EmbeddedStore;
import io.parley.store.JournalReader;
import io.parley.store.LifeRecords;
import io.parley.store.StoreException;
import io.parley.store.WriteProbe;
import io.parley.user.User;
import io.parley.user.UserCommand;
import io.parley.user.UserEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The table of contents of a running node: starts the parts, in order; nothing else.
final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);
    private static final Duration INBOX_PATIENCE = Duration.ofSeconds(5);
    private static final Duration SESSIONS_GONE_POLL = Duration.ofMillis(50);

    private final Settings settings;
    private final EmbeddedStore store;
    private final LifeRecords lives;
    private final ActorSystem<Void> system;
    private final InstantSource clock = Clock.systemUTC();
    private final Counters counters = new Counters();
    private final MembershipLease lease = MembershipLease.ALONE;
    private final SecureRandom random = new SecureRandom();
    private final Shards shards = new Shards();
    private final Connections connections;
    private final ConversationLog log;
    private final Accounts accounts;
    private final WriteProbe probe;
    private volatile boolean accepting; // the client port is open: not ready before

    private Node(
            final Settings settings,
            final EmbeddedStore store,
            final LifeRecords lives,
            final ActorSystem<Void> system) {
        this.settings = settings;
        this.store = store;
        this.lives = lives;
        this.system = system;
        final var keys = settings.accounts()
                .tokenKeys()
                .map(TokenKeys::read)
                .orElseGet(() -> TokenKeys.readOrCreate(store.directory().resolve("token-keys.json"), random));
        this.probe = WriteProbe.of(system, () -> counters.count("store_probe_failed"));
        LostMessages.count(system, counters);
        this.log = new ConversationLog(JournalReader.of(system));
        this.accounts = new Accounts(system, this::linkDevices, keys, settings.accounts(), clock, random, lease);
        this.connections = new Connections(
                system,
                new Session.Shared(
                        accounts::authenticate,
                        shards::tell,
                        shards::tell,
                        log,
                        counters,
                        clock,
                        stamps(clock),
                        lives.life(),
                        settings.api().rateLimits()));
    }

    /// Starts a node and returns when it can be used. Its end is the end of the process
    /// ([CoordinatedShutdown]).
    ///
    /// @throws StoreException if the data directory cannot be used
    /// @throws IOException    if a port cannot be bound, or the data directory not be written
    static Node start(final Config config, final Settings settings) throws StoreException, IOException {
        final var store = EmbeddedStore.open(settings.dataDirectory());
        final var life = Long.toUnsignedString(new SecureRandom().nextLong(), 36);
        final var lives = LifeRecords.open(store.directory(), life, Clock.systemUTC());
        final var system = ActorSystem.<Void>create(Behaviors.empty(), "parley", config);
        try {
            final var node = new Node(settings, store, lives, system);
            node.joinItself();
            node.host();
            final var ports = node.listen();
            node.leaveInOrder(ports);
            node.announce(ports);
            return node;
        } catch (final IOException | RuntimeException failed) {
            system.terminate();
            throw failed;
        }
    }

    /// A cluster of one.
    private void joinItself() throws IOException {
        final var up = new CompletableFuture<Done>();
        org.apache.pekko.cluster.Cluster.get(Adapter.toClassic(system))
                .registerOnMemberUp(() -> up.complete(Done.getInstance()));
        final var cluster = Cluster.get(system);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        await(up, "the node did not become a member of its own cluster");
    }

    /// The entities that may live here.
    private void host() {
        final var sharding = ClusterSharding.get(system);
        final Supplier<Nonce> nonces = () -> new Nonce(random.nextLong(), random.nextLong());
        final var ofConversations = new Conversation.Shared(
                (member, message) -> shards.tell(new UserCommand.FromConversation(member, message)),
                log,
                lease,
                counters,
                clock,
                nonces);
        final var ofUsers = new User.Shared(
                shards::tell,
                accounts::unlinkAway,
                lives::lastAlive,
                settings.accounts().awayAfter(),
                lease,
                counters,
                clock,
                nonces);
        shards.conversationsAre(sharding.init(Entity.of(
                Conversation.KEY,
                entity -> Conversation.create(new ConversationId(entity.getEntityId()), ofConversations))));
        shards.usersAre(sharding.init(
                Entity.of(User.KEY, entity -> User.create(new UserId(entity.getEntityId()), ofUsers))));
        accounts.init();
        system.scheduler()
                .scheduleWithFixedDelay(SIGN_OF_LIFE, SIGN_OF_LIFE, this::giveSignOfLife, system.executionContext());
        system.scheduler()
                .scheduleWithFixedDelay(Duration.ZERO, WriteProbe.EVERY, probe::look, system.executionContext());
    }

    /// The account's word to the person's inbox; its answer goes back to the account.
    private void linkDevices(final LinkedDevices message) {
        final var devices = message.devices().stream()
                .map(device -> new UserEvent.Linked(device.device(), device.generation()))
                .toList();
        final CompletionStage<UserCommand.DevicesNoted> noted = AskPattern.ask(
                shards.users(),
                (ActorRef<UserCommand.DevicesNoted> replyTo) -> new ShardingEnvelope<>(
                        message.user().value(),
                        new UserCommand.LinkDevices(
                                message.user(),
                                message.uid(),
                                message.version(),
                                devices,
                                new ActorReplyTo<>(replyTo))),
                INBOX_PATIENCE,
                system.scheduler());
        noted.whenComplete((answer, lost) -> {
            if (answer != null) { // otherwise the account says it again
                message.replyTo().tell(new InboxNoted(answer.user(), answer.version()));
            }
        });
    }

    private void giveSignOfLife() {
        try {
            lives.alive();
        } catch (final IOException failed) {
            counters.count("life_record_failed");
            LOG.warn("the sign of life could not be written: {}", failed.getMessage());
        }
    }

    private record Ports(ServerBinding clients, ServerBinding management) {}

    private Ports listen() throws IOException {
        final var api = new Api(
                system,
                settings.api(),
                accounts,
                new ShardedEntities(system, shards.conversations(), shards.users()),
                log::read,
                clock);
        final var management = bind(
                settings.managementBind(),
                settings.managementPort(),
                ManagementPort.route(
                        () -> accepting && lease.holds() && !isLeaving() && probe.isGood(), () -> metrics(api)));
        final var clients =
                bind(settings.bind(), settings.port(), ClientPort.route(api, settings.api(), connections, counters));
        accepting = true;
        return new Ports(clients, management);
    }

    private boolean isLeaving() {
        return CoordinatedShutdown.get(system).getShutdownReason().isPresent();
    }

    private Map<String, Long> metrics(final Api api) {
        final var metrics = new TreeMap<>(counters.all());
        api.rateLimitRefusals().forEach((limit, count) -> metrics.put("rest_rate_limited_" + limit, count));
        metrics.put("sessions", (long) connections.count());
        for (final var counted : AccountCounters.Counted.values()) {
            metrics.put(
                    "account_" + counted.name().toLowerCase(Locale.ROOT),
                    accounts.counters().of(counted));
        }
        return metrics;
    }

    private ServerBinding bind(final String host, final int port, final Route route) throws IOException {
        return await(
                Http.get(system).newServerAt(host, port).bind(route).toCompletableFuture(),
                "port " + port + " on " + host + " cannot be opened");
    }

    /// On a stop: no new connections; sessions finish what is in flight, say bye and close; then the entities.
    private void leaveInOrder(final Ports ports) {
        final var shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(
                CoordinatedShutdown.PhaseServiceUnbind(),
                "client port",
                () -> ports.clients().unbind());
        shutdown.addTask(CoordinatedShutdown.PhaseServiceRequestsDone(), "sessions", () -> {
            connections.drain("the node stops", settings.drainSpread());
            return sessionsGone();
        });
        shutdown.addTask(CoordinatedShutdown.PhaseServiceStop(), "entities", () -> {
            shards.fallSilent();
            return CompletableFuture.completedStage(Done.getInstance());
        });
        shutdown.addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "management port", () -> {
            giveSignOfLife();
            accounts.close();
            return ports.management().unbind();
        });
        system.getWhenTerminated().whenComplete((_, _) -> {
            try {
                store.close();
            } catch (final StoreException unclean) {
                LOG.warn("{}", unclean.getMessage());
            }
        });
    }

    private CompletionStage<Done> sessionsGone() {
        final var gone = new CompletableFuture<Done>();
        final var poll = system.scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO,
                        SESSIONS_GONE_POLL,
                        () -> {
                            if (connections.count() == 0) {
                                gone.complete(Done.getInstance());
                            }
                        },
                        system.executionContext());
        return gone.whenComplete((_, _) -> poll.cancel());
    }

    private void announce(final Ports ports) {
        if (!settings.api().rateLimits()) {
            LOG.warn("rate limits are off (PARLEY_RATE_LIMITS): for load tests only");
        }
        if (!ports.clients().localAddress().getAddress().isLoopbackAddress()) {
            LOG.warn("clients may connect from other machines, and without TLS: put a proxy with TLS before this node");
        }
        LOG.info(
                "Parley runs at {} (data in {}, management at {}). Stop it with Ctrl-C.",
                address(ports.clients()),
                store.directory(),
                address(ports.management()));
    }

    private static String address(final ServerBinding binding) {
        final InetSocketAddress at = binding.localAddress();
        final var host = at.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort();
    }

    /// Stamps that grow: by the clock, and by one where the clock does not.
    private static LongSupplier stamps(final InstantSource clock) {
        final var last = new AtomicLong();
        return () -> last.updateAndGet(before -> Math.max(before + 1, clock.millis() * 1_000));
    }

    private static <T> T await(final CompletableFuture<T> future, final String otherwise) throws IOException {
        try {
            return future.get(START_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (final ExecutionException failed) {
            final Throwable cause = failed.getCause() instanceof CompletionException inner && inner.getCause() != null
                    ? inner.getCause()
                    : failed.getCause();
            throw new IOException(otherwise + ": " + rootOf(cause == null ? failed : cause), failed);
        } catch (final TimeoutException late) {
            throw new IOException(otherwise, late);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped while starting", stopped);
        }
    }

    private static String rootOf(final Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
