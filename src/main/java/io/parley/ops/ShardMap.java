package io.parley.ops;

import io.parley.http.Entities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.apache.pekko.cluster.sharding.ShardRegion.ClusterShardingStats;
import org.apache.pekko.cluster.sharding.typed.GetClusterShardingStats;
import org.apache.pekko.cluster.sharding.typed.HashCodeMessageExtractor;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/// Which node has which shards now, as sharding's coordinator and the regions say. Asked anew each time: some
/// messages to each node, for people and not for programs.
final class ShardMap {
    private static final Duration REGIONS_PATIENCE = Duration.ofSeconds(3);

    /// What one node has of a kind of entity.
    ///
    /// @param node     its cluster port, `host:port`
    /// @param entities those that are in memory
    record OnNode(String node, int shards, long entities) {}

    /// How a kind of entity is spread, by node.
    record Spread(String kind, List<OnNode> nodes) {}

    private final ActorSystem<?> system;
    private final List<String> kinds;
    private final HashCodeMessageExtractor<Object> places;

    ShardMap(final ActorSystem<?> system) {
        this.system = system;
        this.kinds = kinds(system);
        this.places = new HashCodeMessageExtractor<>(
                system.settings().config().getInt("pekko.cluster.sharding.number-of-shards"));
    }

    /// All kinds of entities there are.
    static List<String> kinds(final ActorSystem<?> system) {
        return List.copyOf(system.settings().config().getStringList("parley.cluster.entities"));
    }

    /// How many entities a region has in memory.
    static long entities(final ShardRegion.ShardRegionStats region) {
        return region.getStats().values().stream()
                .mapToLong(entities -> (Integer) entities)
                .sum();
    }

    /// All kinds.
    CompletionStage<List<Spread>> spreads() {
        CompletionStage<List<Spread>> all = CompletableFuture.completedStage(List.of());
        for (final var kind : kinds) {
            all = all.thenCombine(stats(kind), (before, stats) -> {
                final var longer = new ArrayList<>(before);
                longer.add(spread(kind, stats));
                return List.copyOf(longer);
            });
        }
        return all;
    }

    private static Spread spread(final String kind, final ClusterShardingStats stats) {
        return new Spread(
                kind,
                stats.getRegions().entrySet().stream()
                        .map(region -> new OnNode(
                                name(region.getKey()),
                                region.getValue().getStats().size(),
                                entities(region.getValue())))
                        .sorted(Comparator.comparing(OnNode::node))
                        .toList());
    }

    /// The node that has the shard of an entity; empty if none has it now.
    CompletionStage<Optional<String>> owner(final String kind, final String entity) {
        final var shard = places.shardId(entity);
        return stats(kind)
                .thenApply(stats -> stats.getRegions().entrySet().stream()
                        .filter(region -> region.getValue().getStats().containsKey(shard))
                        .map(region -> name(region.getKey()))
                        .findFirst());
    }

    private CompletionStage<ClusterShardingStats> stats(final String kind) {
        return AskPattern.ask(
                ClusterSharding.get(system).shardState(),
                (ActorRef<ClusterShardingStats> replyTo) -> new GetClusterShardingStats(
                        EntityTypeKey.create(Object.class, kind), REGIONS_PATIENCE, replyTo),
                Entities.PATIENCE,
                system.scheduler());
    }

    /// A node as people name it.
    static String name(final Address address) {
        return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
    }
}
