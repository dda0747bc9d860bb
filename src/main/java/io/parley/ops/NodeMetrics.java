package io.parley.ops;

import io.parley.account.AccountCounters;
import io.parley.account.Accounts;
import io.parley.cluster.Counters;
import io.parley.http.Api;
import io.parley.session.Connections;
import io.parley.store.NodeStore;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.sharding.ClusterSharding;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.pattern.Patterns;

/// All that a node tells Prometheus, gathered when somebody asks: between two looks it costs the node nothing
/// but counting.
public final class NodeMetrics {
    /// Regions of a node that has much to do may leave their question unanswered: then the look goes without.
    private static final Duration REGION_PATIENCE = Duration.ofSeconds(1);

    /// Of the JVM, what somebody looks at; the library has four times as much.
    private static final Set<String> OF_THE_JVM = Set.of(
            "jvm_memory_used_bytes",
            "jvm_memory_max_bytes",
            "jvm_gc_collection_seconds",
            "jvm_threads_current",
            "jvm_threads_deadlocked",
            "process_cpu_seconds",
            "process_cpu_seconds_total",
            "process_start_time_seconds",
            "process_resident_memory_bytes",
            "process_open_fds",
            "process_max_fds");

    /// What is looked at.
    ///
    /// @param ready whether messages can be sent
    /// @param lease whether this node may act for its entities
    public record Parts(
            Counters counters,
            Connections connections,
            Accounts accounts,
            Api api,
            NodeStore store,
            BooleanSupplier ready,
            BooleanSupplier lease) {}

    private final ActorSystem<?> system;
    private final Parts parts;
    private final String version;
    private final List<String> kinds;
    private final PrometheusRegistry jvm = new PrometheusRegistry();

    /// Of a node whose parts are there; its entities may come later.
    public NodeMetrics(final ActorSystem<?> system, final Parts parts) {
        this.system = system;
        this.parts = parts;
        this.version = system.settings().config().getString("parley.version");
        this.kinds = ShardMap.kinds(system);
        JvmMemoryMetrics.builder().register(jvm);
        JvmGarbageCollectorMetrics.builder().register(jvm);
        JvmThreadsMetrics.builder().register(jvm);
        ProcessMetrics.builder().register(jvm);
    }

    /// One look. What cannot be found out in a second is left out.
    public CompletionStage<MetricSnapshots> look() {
        final var regions = new LinkedHashMap<String, CompletableFuture<Optional<ShardRegion.ShardRegionStats>>>();
        kinds.forEach(kind -> regions.put(kind, region(kind)));
        return CompletableFuture.allOf(regions.values().toArray(CompletableFuture[]::new))
                .thenApplyAsync(
                        _ -> {
                            final var samples = samples();
                            regions.forEach((kind, region) -> region.join().ifPresent(stats -> {
                                samples.set(Metric.SHARDS, stats.getStats().size(), kind);
                                samples.set(Metric.ENTITIES, ShardMap.entities(stats), kind);
                            }));
                            return samples.with(jvm.scrape(OF_THE_JVM::contains));
                        },
                        system.dispatchers().lookup(DispatcherSelector.blocking())); // the store looks at its files
    }

    private Samples samples() {
        final var samples = new Samples();
        samples.set(
                Metric.BUILD,
                1,
                version,
                Runtime.version().feature() + "." + Runtime.version().update());
        samples.set(Metric.READY, parts.ready().getAsBoolean());
        samples.set(Metric.LEASE_HELD, parts.lease().getAsBoolean());
        samples.set(Metric.SESSIONS, parts.connections().count());
        traffic(samples);
        accounts(samples);
        api(samples);
        store(samples);
        cluster(samples);
        parts.counters().all().forEach(samples::counted);
        return samples;
    }

    private void traffic(final Samples samples) {
        final var traffic = parts.counters().traffic();
        final var accepted = traffic.accepted().seen();
        samples.set(Metric.ACCEPTED, accepted.count());
        samples.set(Metric.ACCEPT_SECONDS, accepted);
        samples.set(Metric.PUSHED, traffic.pushedInAll());
        samples.set(Metric.DELIVERED, traffic.deliveredInAll());
        samples.set(Metric.PERSIST_SECONDS, traffic.conversationWrites().seen(), "conversation");
        samples.set(Metric.PERSIST_SECONDS, traffic.userWrites().seen(), "user");
        samples.set(Metric.PERSIST_SECONDS, parts.accounts().counters().writes().seen(), "account");
    }

    private void accounts(final Samples samples) {
        final var accounts = parts.accounts();
        for (final var counted : AccountCounters.Counted.values()) {
            samples.counted(
                    "account_" + counted.name().toLowerCase(Locale.ROOT),
                    accounts.counters().of(counted));
        }
        samples.set(Metric.HASHES, accounts.hashesComputed());
        samples.set(Metric.HASHES_WAITING, accounts.hashesWaiting());
    }

    private void api(final Samples samples) {
        parts.api()
                .rateLimitRefusals()
                .forEach((limit, count) -> samples.set(Metric.LIMIT_HITS, count, "rest_" + limit));
        parts.api().refusals().forEach((code, count) -> samples.set(Metric.REFUSALS, count, "rest", code));
    }

    private void store(final Samples samples) {
        final var store = parts.store();
        samples.set(Metric.JOURNAL_READS_WAITING, store.reader().waiting());
        samples.counted("journal_reads_refused", store.reader().refused());
        final var known = store.metrics();
        samples.set(Metric.ROWS_PASSED_OVER, known.getOrDefault("journal_rows_passed_over", 0L));
        Map.of(
                        "journal_bytes", Metric.JOURNAL_BYTES,
                        "journal_events", Metric.JOURNAL_EVENTS,
                        "disk_free_bytes", Metric.DISK_FREE)
                .forEach((name, metric) -> {
                    final var value = known.get(name);
                    if (value != null) {
                        samples.set(metric, value);
                    }
                });
    }

    private void cluster(final Samples samples) {
        final var state = Cluster.get(system).state();
        int members = 0;
        for (final var _ : state.getMembers()) {
            members++;
        }
        samples.set(Metric.MEMBERS, members);
        samples.set(Metric.UNREACHABLE, state.getUnreachable().size());
    }

    /// What this node's region has; empty if it does not say.
    private CompletableFuture<Optional<ShardRegion.ShardRegionStats>> region(final String kind) {
        final CompletionStage<Object> asked;
        try {
            final var region = ClusterSharding.get(Adapter.toClassic(system)).shardRegion(kind);
            asked = Patterns.ask(region, ShardRegion.getRegionStatsInstance(), REGION_PATIENCE);
        } catch (final IllegalStateException | IllegalArgumentException notStarted) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return asked.handle((answer, _) -> answer instanceof ShardRegion.ShardRegionStats stats
                        ? Optional.of(stats)
                        : Optional.<ShardRegion.ShardRegionStats>empty())
                .toCompletableFuture();
    }
}
