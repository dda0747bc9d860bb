package io.parley;

import static org.apache.pekko.http.javadsl.server.Directives.concat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.parley.account.Accounts;
import io.parley.account.InboxNoted;
import io.parley.account.LinkedDevices;
import io.parley.account.TokenKeys;
import io.parley.cluster.ActorReplyTo;
import io.parley.cluster.Counters;
import io.parley.cluster.Leases;
import io.parley.cluster.Membership;
import io.parley.cluster.MembershipLease;
import io.parley.content.Octets;
import io.parley.conversation.Conversation;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.ConversationLog;
import io.parley.conversation.MediaDesk;
import io.parley.conversation.Nonce;
import io.parley.conversation.PageQuery;
import io.parley.conversation.PageReply;
import io.parley.http.Api;
import io.parley.http.ClientPort;
import io.parley.http.ShardedEntities;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.UserId;
import io.parley.keys.KeyDirectory;
import io.parley.keys.KeysReply;
import io.parley.keys.Linkage;
import io.parley.keys.Notice;
import io.parley.media.MediaBucket;
import io.parley.media.MediaFiles;
import io.parley.media.MediaStore;
import io.parley.media.Uploads;
import io.parley.ops.AdminApi;
import io.parley.ops.LostMessages;
import io.parley.ops.ManagementPort;
import io.parley.ops.MetricsRoute;
import io.parley.ops.NodeMetrics;
import io.parley.ops.PekkoRoutes;
import io.parley.session.Connections;
import io.parley.session.Frames;
import io.parley.session.Session;
import io.parley.store.EmbeddedNodeStore;
import io.parley.store.EmbeddedStore;
import io.parley.store.NodeStore;
import io.parley.store.StoreException;
import io.parley.store.WriteProbe;
import io.parley.store.cassandra.CassandraStore;
import io.parley.user.KeyNotes;
import io.parley.user.User;
import io.parley.user.UserCommand;
import io.parley.user.UserEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The table of contents of a running node: starts the parts, in order; nothing else.
final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);

    /// Longer than a node goes on trying to join before it stops by itself (`cluster.conf`).
    private static final Duration JOIN_PATIENCE = Duration.ofMinutes(3);

    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);
    private static final Duration CLAIM_EVERY = Duration.ofSeconds(2);
    private static final Duration LEASE_LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration INBOX_PATIENCE = Duration.ofSeconds(5);
    private static final Duration SESSIONS_GONE_POLL = Duration.ofMillis(50);

    private final Settings settings;
    private final ActorSystem<Void> system;
    private final InstantSource clock = Clock.systemUTC();
    private final Counters counters = new Counters();
    private final NodeStore store;
    private final Membership membership;
    private final MembershipLease lease;
    private final SecureRandom random = new SecureRandom();
    private final Shards shards = new Shards();
    private final Connections connections;
    private final ConversationLog log;
    private final Accounts accounts;
    private final KeyDirectory keys;
    private final Uploads uploads;
    private final Api api;
    private volatile boolean accepting; // the client port is open: not ready before

    private Node(final Settings settings, final ActorSystem<Void> system, final Opened opened) throws IOException {
        this.settings = settings;
        this.system = system;
        this.store = opened.store(system, clock, counters);
        this.membership = new Membership(system);
        this.lease = settings.cluster().isPresent()
                ? () -> membership.lease().holds() && store.isOurs()
                : MembershipLease.ALONE;
        Leases.of(system).grant(lease);
        final var tokenKeys = settings.accounts()
                .tokenKeys()
                .map(TokenKeys::read)
                .or(() -> store.directory()
                        .map(directory -> TokenKeys.readOrCreate(directory.resolve("token-keys.json"), random)))
                .orElseThrow(() -> new IOException("there is no file of token keys (PARLEY_TOKEN_KEYS)"));
        LostMessages.count(system, counters);
        this.log = new ConversationLog(store.reader());
        this.accounts = new Accounts(system, this::linkDevices, tokenKeys, settings.accounts(), clock, random, lease);
        this.keys = new KeyDirectory(system, this::tellDevices, lease, counters, clock);
        this.uploads = uploads();
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
                        store.lives().life(),
                        settings.api().rateLimits(),
                        Frames.toWire(settings.encryption())));
        this.api = new Api(
                system,
                settings.api(),
                accounts,
                this.keys,
                store.blobs(),
                uploads,
                new ShardedEntities(system, shards::conversations, shards::users),
                log::read,
                log::commitFiles,
                clock);
    }

    /// What is open before the actor system is: the data directory, of a node that has one.
    private record Opened(Optional<EmbeddedStore> directory, String life) {
        NodeStore store(final ActorSystem<?> system, final InstantSource clock, final Counters counters)
                throws IOException {
            return directory.isPresent()
                    ? EmbeddedNodeStore.of(directory.get(), system, life, clock, counters::count)
                    : CassandraStore.connect(system, life, clock, counters::count);
        }
    }

    /// Starts a node and returns when it can be used. Its end is the end of the process
    /// ([CoordinatedShutdown]).
    ///
    /// @throws StoreException if the store cannot be used
    /// @throws IOException    if a port cannot be bound, or the data directory not be written
    static Node start(final Config config, final Settings settings) throws StoreException, IOException {
        final var directory = settings.cluster().isPresent()
                ? Optional.<EmbeddedStore>empty()
                : Optional.of(EmbeddedStore.open(settings.dataDirectory()));
        final var life = Long.toUnsignedString(new SecureRandom().nextLong(), 36);
        final var system = actorSystem(config);
        try {
            final var node = new Node(settings, system, new Opened(directory, life));
            final var management = node.listenForOperators();
            node.awaitStore();
            node.join();
            node.host();
            final var ports = new Ports(node.listenForClients(), management);
            node.leaveInOrder(ports);
            node.announce(ports);
            return node;
        } catch (final IOException | StoreException | RuntimeException failed) {
            system.terminate();
            throw failed;
        }
    }

    /// Also opens the cluster port.
    private static ActorSystem<Void> actorSystem(final Config config) throws IOException {
        try {
            return ActorSystem.create(Behaviors.empty(), "parley", config);
        } catch (final ConfigException wrong) {
            throw wrong;
        } catch (final Exception failed) { // Scala's checked ones come undeclared
            throw new IOException(
                    "the cluster port "
                            + config.getString("pekko.remote.artery.canonical.hostname") + ":"
                            + config.getInt("pekko.remote.artery.canonical.port")
                            + " cannot be opened, or Pekko not be started: "
                            + rootOf(failed),
                    failed);
        }
    }

    /// A database may come up later than this node.
    private void awaitStore() throws StoreException, IOException {
        try {
            store.usable().toCompletableFuture().get();
        } catch (final ExecutionException failed) {
            if (failed.getCause() instanceof StoreException cannotBe) {
                throw cannotBe;
            }
            throw new IOException(store.description() + ": " + rootOf(failed), failed);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped while starting", stopped);
        }
    }

    private void join() throws IOException {
        final var seeds = settings.cluster().map(ClusterSettings::seeds).orElseGet(List::of);
        await(
                membership.join(seeds, store::isTaken).toCompletableFuture(),
                seeds.isEmpty() ? START_PATIENCE : JOIN_PATIENCE,
                "the node did not become a member of "
                        + (seeds.isEmpty() ? "its own cluster" : "a cluster of " + seeds));
        if (settings.cluster().isPresent()) {
            keepLease();
        }
    }

    /// Of a node that others may take for lost.
    private void keepLease() {
        membership.keepLease();
        connections.notReady("this node is not ready yet");
        final var scheduler = system.scheduler();
        scheduler.scheduleWithFixedDelay(
                Duration.ZERO,
                CLAIM_EVERY,
                () -> store.claim(membership.identity(), membership.isOldest()),
                system.executionContext());
        scheduler.scheduleWithFixedDelay(
                Duration.ZERO, LEASE_LOOK_EVERY, new LeaseWatch()::look, system.executionContext());
    }

    /// Closes the sessions of a node that may not act for its entities any more.
    private final class LeaseWatch {
        private boolean held; // by the scheduler alone

        synchronized void look() {
            final boolean now = lease.holds();
            if (now == held) {
                return;
            }
            held = now;
            counters.count(now ? "lease_gained" : "lease_lost");
            if (now) {
                LOG.info("the membership lease is held");
                connections.ready();
            } else {
                LOG.warn("the membership lease is lost: this node writes nothing, and closes its sessions");
                connections.notReady("this node is cut off from its cluster");
            }
        }
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
                nonces,
                new Conversation.Groups(settings.encryption(), this::forget),
                uploads);
        final var ofUsers = new User.Shared(
                shards::tell,
                accounts::unlinkAway,
                keyNotes(),
                store.lives()::lastAlive,
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
        keys.init();
        membership.watchShards();
        system.scheduler()
                .scheduleWithFixedDelay(Duration.ZERO, SIGN_OF_LIFE, this::giveSignOfLife, system.executionContext());
        system.scheduler()
                .scheduleWithFixedDelay(
                        settings.media().sweepEvery(),
                        settings.media().sweepEvery(),
                        this::sweepUploads,
                        system.executionContext());
        system.scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO, WriteProbe.EVERY, store.probe()::look, system.executionContext());
    }

    private Uploads uploads() throws IOException {
        final var media = settings.media();
        final Optional<MediaStore> place = media.directory().isPresent()
                ? Optional.of(MediaFiles.open(media.directory().get(), media.unsentFor(), system))
                : media.bucket().map(bucket -> MediaBucket.open(bucket, media.unsentFor(), system));
        return new Uploads(
                place,
                media,
                () -> {
                    final var bytes = new byte[MediaId.BYTES];
                    random.nextBytes(bytes);
                    return MediaId.of(bytes);
                },
                new Uploads.Log(this::headOf, log::read),
                counters,
                clock);
    }

    /// Where the log ends for which uploads were claimed, as its conversation says.
    private CompletionStage<Long> headOf(final MediaDesk.Claim claim) {
        return new ShardedEntities(system, shards::conversations, shards::users)
                .<PageReply>askConversation(replyTo -> new ConversationCommand.ReadPage(
                        claim.conversation(), claim.author(), Optional.empty(), new PageQuery.Newest(1), 0, replyTo))
                .thenApply(Node::headOf);
    }

    private static long headOf(final PageReply reply) {
        return switch (reply) {
            case PageReply.Page page -> page.head();
            case PageReply.InLog in -> in.head();
            case PageReply.UnknownUser _ -> 0; // told only of a log that is empty
            case PageReply.NotAMember(final var conversation, final long _) ->
                throw new IllegalStateException(conversation + " does not know the author of what was claimed for it");
            case PageReply.Unavailable(final var conversation, final long _) ->
                throw new IllegalStateException(conversation + " cannot say now where its log ends");
        };
    }

    /// One node of a cluster is enough for it.
    private void sweepUploads() {
        if (settings.cluster().isEmpty() || membership.isOldest()) {
            final var _ = uploads.sweep();
        }
    }

    /// What was uploaded for a state of a group that is over. Where this fails it is counted, and stays: it is
    /// in nobody's way.
    private void forget(final ConversationId conversation, final Set<Octets> files) {
        final var _ = store.blobs().delete(conversation.value(), files);
    }

    /// What inboxes say of keys: to the keeper of them, and to those who use them.
    private KeyNotes keyNotes() {
        final var news = new KeysNewsTopic(system, connections::keysChanged);
        return new KeyNotes() {
            @Override
            public void unlinked(final UserId user, final long version, final List<DeviceId> left) {
                final var _ = keys.unlinked(user, new Linkage(version, left)); // the news come back by themselves
            }

            @Override
            public void changed(final UserId user, final long version, final List<UserId> people) {
                news.tell(user, version, people);
            }
        };
    }

    /// News of a person's keys, to the inbox that knows who is to hear them.
    private void tellDevices(final UserId user, final Notice notice) {
        shards.tell(
                switch (notice) {
                    case Notice.Changed(final long version) -> new UserCommand.KeysChanged(user, version);
                    case Notice.PackagesLow(final var device, final int left) ->
                        new UserCommand.KeyPackagesLow(user, device, left);
                });
    }

    /// The account's word to the person's inbox; its answer goes back to the account. Of an account that was
    /// deleted the keys go first.
    private void linkDevices(final LinkedDevices message) {
        if (message.gone()) {
            keys.erase(message.user()).whenComplete((reply, lost) -> {
                if (reply instanceof KeysReply.Made) { // otherwise the account says it again
                    tellInbox(message);
                }
            });
        } else {
            tellInbox(message);
        }
    }

    private void tellInbox(final LinkedDevices message) {
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
                                message.gone(),
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
            store.lives().alive();
        } catch (final IOException failed) {
            counters.count("life_record_failed");
            LOG.warn("the sign of life could not be written: {}", failed.getMessage());
        }
    }

    private record Ports(ServerBinding clients, ServerBinding management) {}

    private ServerBinding listenForOperators() throws IOException {
        final var metrics = new NodeMetrics(
                system,
                new NodeMetrics.Parts(counters, connections, accounts, api, store, this::isReady, lease::holds));
        return bind(
                settings.managementBind(),
                settings.managementPort(),
                concat(
                        ManagementPort.route(this::isReady, MetricsRoute.of(metrics::look)),
                        PekkoRoutes.of(system),
                        administration().route()));
    }

    private AdminApi administration() {
        return new AdminApi(
                system,
                settings.adminToken(),
                new AdminApi.Parts(
                        accounts,
                        new ShardedEntities(system, shards::conversations, shards::users),
                        log,
                        store.names(),
                        connections,
                        counters,
                        () -> accepting,
                        this::isReady,
                        settings.drainSpread()));
    }

    private ServerBinding listenForClients() throws IOException {
        final var clients =
                bind(settings.bind(), settings.port(), ClientPort.route(api, settings.api(), connections, counters));
        accepting = true;
        return clients;
    }

    /// Messages can be sent.
    private boolean isReady() {
        return accepting && lease.holds() && !isLeaving() && store.probe().isGood() && membership.shardsKnown();
    }

    private boolean isLeaving() {
        return CoordinatedShutdown.get(system).getShutdownReason().isPresent();
    }

    private ServerBinding bind(final String host, final int port, final Route route) throws IOException {
        return await(
                Http.get(system).newServerAt(host, port).bind(route).toCompletableFuture(),
                START_PATIENCE,
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
            giveSignOfLife();
            return CompletableFuture.completedStage(Done.getInstance());
        });
        shutdown.addTask(CoordinatedShutdown.PhaseClusterShutdown(), "keyspace", () -> {
            final CompletionStage<?> released = membership.isLast()
                    ? store.release(membership.identity())
                    : CompletableFuture.completedStage(false);
            return released.handle((_, _) -> Done.getInstance());
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
                "Parley runs at {} ({}, management at {}). Stop it with Ctrl-C.",
                address(ports.clients()),
                store.description(),
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

    private static <T> T await(final CompletableFuture<T> future, final Duration patience, final String otherwise)
            throws IOException {
        try {
            return future.get(patience.toSeconds(), TimeUnit.SECONDS);
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
