package io.parley.ops;

import io.parley.cluster.Latencies;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The numbers of one look at a node, on their way to be written. Of one thread.
final class Samples {
    private final Map<Metric, Map<List<String>, Long>> numbers = new EnumMap<>(Metric.class);
    private final Map<Metric, Map<List<String>, Latencies.Seen>> latencies = new EnumMap<>(Metric.class);
    private final Map<String, Long> unnamed = new TreeMap<>();

    /// Every counter that stands in [Counted] is there from the start: what begins with 1 has no rate.
    Samples() {
        Counted.all().forEach(place -> set(place, 0));
    }

    void set(final Metric metric, final long value, final String... labelValues) {
        set(Counted.Place.of(metric, labelValues), value);
    }

    void set(final Metric metric, final boolean holds) {
        set(metric, holds ? 1 : 0);
    }

    void set(final Metric metric, final Latencies.Seen seen, final String... labelValues) {
        latencies.computeIfAbsent(metric, _ -> new LinkedHashMap<>()).put(List.of(labelValues), seen);
    }

    private void set(final Counted.Place place, final long value) {
        numbers.computeIfAbsent(place.metric(), _ -> new LinkedHashMap<>()).put(place.labelValues(), value);
    }

    /// A count by the name that the code gives it.
    void counted(final String name, final long count) {
        Counted.placeOf(name).ifPresentOrElse(place -> set(place, count), () -> unnamed.put(name, count));
    }

    /// Together with those of the JVM.
    MetricSnapshots with(final MetricSnapshots others) {
        final var all = new ArrayList<MetricSnapshot>(others.stream().toList());
        numbers.forEach((metric, values) -> all.add(
                switch (metric.kind()) {
                    case COUNTER -> counter(metric, values);
                    case GAUGE -> gauge(metric, values);
                    case HISTOGRAM -> throw new IllegalStateException(metric + " has no single number");
                }));
        latencies.forEach((metric, values) -> all.add(histogram(metric, values)));
        unnamed.forEach((name, count) -> all.add(CounterSnapshot.builder()
                .name("parley_" + name)
                .help("Counted since the node started.")
                .dataPoint(
                        CounterDataPointSnapshot.builder().value((double) count).build())
                .build()));
        return new MetricSnapshots(all);
    }

    private static MetricSnapshot counter(final Metric metric, final Map<List<String>, Long> values) {
        final var snapshot = CounterSnapshot.builder().name(metric.family()).help(metric.help());
        values.forEach((labels, value) -> snapshot.dataPoint(CounterDataPointSnapshot.builder()
                .labels(labels(metric, labels))
                .value((double) value)
                .build()));
        return snapshot.build();
    }

    private static MetricSnapshot gauge(final Metric metric, final Map<List<String>, Long> values) {
        final var snapshot = GaugeSnapshot.builder().name(metric.family()).help(metric.help());
        values.forEach((labels, value) -> snapshot.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(labels(metric, labels))
                .value((double) value)
                .build()));
        return snapshot.build();
    }

    private static MetricSnapshot histogram(final Metric metric, final Map<List<String>, Latencies.Seen> values) {
        final var snapshot = HistogramSnapshot.builder().name(metric.family()).help(metric.help());
        values.forEach((labels, seen) -> snapshot.dataPoint(HistogramDataPointSnapshot.builder()
                .labels(labels(metric, labels))
                .classicHistogramBuckets(ClassicHistogramBuckets.of(seen.upToSeconds(), seen.counts()))
                .sum(seen.seconds())
                .build()));
        return snapshot.build();
    }

    private static Labels labels(final Metric metric, final List<String> values) {
        return Labels.of(metric.labels(), values);
    }
}
