package io.parley.http;

import com.typesafe.config.ConfigFactory;
import io.parley.account.AccountSettings;
import io.parley.account.Accounts;
import io.parley.account.TokenKeys;
import io.parley.cluster.Counters;
import io.parley.cluster.MembershipLease;
import io.parley.id.MediaId;
import io.parley.keys.KeyDirectory;
import io.parley.media.MediaFiles;
import io.parley.media.MediaSettings;
import io.parley.media.Uploads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.junit.jupiter.api.Assertions;

/// The calls on real sockets: real accounts in a cluster of one, conversations and inboxes that are fakes. Two
/// ports: one without rate limits, one with limits whose clock stands still.
final class ApiServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Instant STILL = Instant.parse("2026-11-24T09:30:00Z");

    private final ActorTestKit kit;
    private final Accounts accounts;
    private final KeyDirectory keys;
    private final Path directory;

    final FakeEntities entities = new FakeEntities();
    final Uploads uploads;
    final int port;
    final int limitedPort;

    ApiServer() throws IOException {
        kit = ActorTestKit.create(
                "api",
                ConfigFactory.load(ConfigFactory.parseString("""
                                pekko.actor.provider = cluster
                                pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                pekko.cluster.gossip-interval = 200ms
                                pekko.cluster.jmx.multi-mbeans-in-same-jvm = on
                                pekko.coordinated-shutdown.exit-jvm = off
                                pekko.loglevel = WARNING
                                pekko.http.server.remote-address-attribute = on
                                pekko.http.server.parsing.error-handler = "io.parley.http.ParsingProblems"
                                parley.account.passwords { memory = 64 KiB, iterations = 1, refusal-after = 0ms }
                                pekko.actor.serialization-bindings {
                                  "io.parley.serialization.ClusterMessage" = jackson-cbor
                                }
                                """)
                        .withFallback(PersistenceTestKitPlugin.getInstance().config())
                        .withFallback(
                                PersistenceTestKitSnapshotPlugin.getInstance().config())
                        .withFallback(ConfigFactory.parseResources("account.conf"))
                        .withFallback(ConfigFactory.parseResources("keys.conf"))));
        directory = Files.createTempDirectory("parley-api");
        final var system = kit.system();
        accounts = new Accounts(
                system,
                entities,
                TokenKeys.readOrCreate(directory.resolve("keys.json"), new SecureRandom()),
                AccountSettings.from(system.settings().config()),
                InstantSource.system(),
                new SecureRandom(),
                MembershipLease.ALONE);
        keys = new KeyDirectory(system, (_, _) -> {}, MembershipLease.ALONE, new Counters(), InstantSource.system());
        final var media = new MediaSettings(
                Optional.empty(),
                Optional.empty(),
                1 << 20,
                2 << 20,
                Set.of(),
                Duration.ofHours(1),
                Duration.ofHours(1));
        uploads = new Uploads(
                Optional.of(MediaFiles.open(directory.resolve("media"), media.unsentFor(), system)),
                media,
                () -> MediaId.of(random(MediaId.BYTES)),
                new Uploads.Log(
                        _ -> CompletableFuture.completedStage(0L),
                        (_, _, _) -> CompletableFuture.completedStage(List.of())),
                new Counters(),
                InstantSource.system());
        final var cluster = Cluster.get(system);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        kit.createTestProbe().awaitAssert(PATIENCE, () -> {
            Assertions.assertEquals(MemberStatus.up(), cluster.selfMember().status());
            return true;
        });
        accounts.init();
        keys.init();
        final var free = new ApiSettings(
                Set.of("Chat.Example"),
                Set.of("https://app.example"),
                List.of("https://chat1.example", "http://chat2.example:8081"),
                List.of("127.0.0.1"),
                500,
                true,
                false);
        port = bind(new Api(
                system,
                free,
                accounts,
                keys,
                new NoBlobs(),
                uploads,
                entities,
                entities,
                entities::commitFiles,
                InstantSource.system()));
        final var limited = new ApiSettings(Set.of(), Set.of(), List.of(), List.of(), 500, true, true);
        limitedPort = bind(new Api(
                system,
                limited,
                accounts,
                keys,
                new NoBlobs(),
                uploads,
                entities,
                entities,
                entities::commitFiles,
                () -> STILL));
    }

    private static byte[] random(final int length) {
        final var bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /// A port where nobody may register.
    int closedPort() {
        final var closed = new ApiSettings(Set.of(), Set.of(), List.of(), List.of(), 500, false, false);
        return bind(new Api(
                kit.system(),
                closed,
                accounts,
                keys,
                new NoBlobs(),
                uploads,
                entities,
                entities,
                entities::commitFiles,
                InstantSource.system()));
    }

    private int bind(final Api api) {
        return Http.get(kit.system())
                .newServerAt("127.0.0.1", 0)
                .bind(api.with())
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join()
                .localAddress()
                .getPort();
    }

    @Override
    public void close() throws IOException {
        accounts.close();
        kit.shutdownTestKit();
        try (var files = Files.walk(directory)) {
            for (final var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
