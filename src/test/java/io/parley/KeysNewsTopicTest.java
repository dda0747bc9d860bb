package io.parley;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.parley.id.UserId;
import io.parley.user.KeysNews;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// News of keys in a cluster of two nodes.
@Tag("slow")
final class KeysNewsTopicTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final UserId ADA = new UserId("ada");
    private static final List<UserId> PEOPLE = List.of(new UserId("bo"), new UserId("cleo"));

    private static Config config() {
        return ConfigFactory.load(
                ConfigFactory.parseString("""
                        pekko.actor.provider = cluster
                        pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                        pekko.cluster.gossip-interval = 200ms
                        pekko.cluster.jmx.enabled = off
                        pekko.coordinated-shutdown.exit-jvm = off
                        pekko.loglevel = WARNING
                        """).withFallback(ConfigFactory.parseResources("serialization.conf")));
    }

    @Test
    void every_node_hears_them() {
        final var here = ActorTestKit.create("keys-news", config());
        final var there = ActorTestKit.create("keys-news", config());
        try {
            final var first = Cluster.get(here.system());
            first.manager().tell(Join.create(first.selfMember().address()));
            Cluster.get(there.system())
                    .manager()
                    .tell(Join.create(first.selfMember().address()));
            final var heardHere = new CopyOnWriteArrayList<KeysNews>();
            final var heardThere = new CopyOnWriteArrayList<KeysNews>();
            final var topic = new KeysNewsTopic(here.system(), heardHere::add);
            final var _ = new KeysNewsTopic(there.system(), heardThere::add);
            here.createTestProbe()
                    .awaitAssert(
                            PATIENCE,
                            () -> { // the nodes find each other by and by
                                topic.tell(ADA, 3, PEOPLE);
                                assertEquals(new KeysNews(ADA, 3, PEOPLE), heardHere.getLast());
                                assertEquals(new KeysNews(ADA, 3, PEOPLE), heardThere.getLast());
                                return heardThere;
                            });
        } finally {
            there.shutdownTestKit();
            here.shutdownTestKit();
        }
    }
}
