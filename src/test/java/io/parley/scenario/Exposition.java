package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Prometheus' text format (0.0.4), read as strictly as its specification allows: whatever a lenient reader
/// would let pass is an error here.
record Exposition(Map<String, Family> families) {
    /// One metric.
    record Family(String name, String type, String help, List<Sample> samples) {
        /// The names of the labels that its samples have, but for those its type gives them.
        Set<String> labels() {
            final var names = samples.stream()
                    .flatMap(sample -> sample.labels().keySet().stream())
                    .collect(Collectors.toCollection(TreeSet::new));
            names.remove(type.equals("histogram") ? "le" : "quantile");
            return names;
        }
    }

    /// One line.
    record Sample(String name, Map<String, String> labels, double value) {}

    private static final Pattern HELP = Pattern.compile("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\\\\]|\\\\[\\\\n])+");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.+)})? (NaN|[+-]?Inf|[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

    static Exposition read(final String text) {
        assertTrue(text.endsWith("\n"), "the last line ends");
        final var families = new LinkedHashMap<String, Family>();
        String help = "";
        Optional<Family> current = Optional.empty();
        for (final var line : text.lines().toList()) {
            final var helps = HELP.matcher(line);
            final var types = TYPE.matcher(line);
            final var samples = SAMPLE.matcher(line);
            if (helps.matches()) {
                help = line.substring("# HELP ".length());
            } else if (types.matches()) {
                final var name = types.group(1);
                assertTrue(help.startsWith(name + " "), line + " comes without its HELP");
                final var family =
                        new Family(name, types.group(2), help.substring(name.length() + 1), new ArrayList<>());
                assertFalse(families.containsKey(name), line + " comes twice");
                families.put(name, family);
                current = Optional.of(family);
            } else {
                assertTrue(samples.matches(), () -> "no line of the format: " + line);
                final var family = current.orElseThrow(() -> new AssertionError(line + " comes before any TYPE"));
                final var value = samples.group(3);
                family.samples()
                        .add(new Sample(
                                samples.group(1),
                                labels(Optional.ofNullable(samples.group(2)).orElse("")),
                                value.endsWith("Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(value)));
            }
        }
        families.values().forEach(Exposition::check);
        return new Exposition(families);
    }

    private static Map<String, String> labels(final String text) {
        final var labels = new TreeMap<String, String>();
        final var label = LABEL.matcher(text);
        int at = 0;
        while (at < text.length()) {
            assertTrue(label.find(at) && label.start() == at, () -> "no labels: " + text);
            assertFalse(labels.containsKey(label.group(1)), () -> "a label twice: " + text);
            labels.put(label.group(1), label.group(2));
            at = label.end();
        }
        return labels;
    }

    private static void check(final Family family) {
        final var name = family.name();
        final var seen = new HashSet<String>();
        assertFalse(family.samples().isEmpty(), name + " has samples");
        for (final var sample : family.samples()) {
            final var suffixes = switch (family.type()) {
                case "counter", "gauge" -> List.of("");
                case "histogram" -> List.of("_bucket", "_sum", "_count");
                default -> List.of("", "_sum", "_count");
            };
            assertTrue(
                    suffixes.stream().anyMatch(suffix -> sample.name().equals(name + suffix)),
                    sample + " does not belong to " + name);
            assertTrue(seen.add(sample.name() + sample.labels()), sample + " comes twice");
        }
        if (family.type().equals("counter")) {
            assertTrue(name.endsWith("_total"), name + " is a counter");
            assertTrue(family.samples().stream().allMatch(sample -> sample.value() >= 0), name + " only grows");
        }
        if (family.type().equals("histogram")) {
            checkBuckets(family);
        }
    }

    private static void checkBuckets(final Family family) {
        final var byLabels = new LinkedHashMap<Map<String, String>, List<Sample>>();
        for (final var sample : family.samples()) {
            final var labels = new TreeMap<>(sample.labels());
            labels.remove("le");
            byLabels.computeIfAbsent(labels, _ -> new ArrayList<>()).add(sample);
        }
        byLabels.forEach((labels, samples) -> {
            double bound = Double.NEGATIVE_INFINITY;
            double count = 0;
            for (final var bucket : named(samples, family.name() + "_bucket")) {
                final var le = bucket.labels().getOrDefault("le", "");
                final double here = le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
                assertTrue(here > bound && bucket.value() >= count, bucket + " follows the one before");
                bound = here;
                count = bucket.value();
            }
            assertEquals(Double.POSITIVE_INFINITY, bound, family.name() + labels + " has a last bucket");
            assertEquals(
                    count,
                    named(samples, family.name() + "_count").getFirst().value(),
                    family.name() + labels + " counts what is in the buckets");
            assertEquals(1, named(samples, family.name() + "_sum").size());
        });
    }

    private static List<Sample> named(final List<Sample> samples, final String name) {
        return samples.stream().filter(sample -> sample.name().equals(name)).toList();
    }

    /// The labels of each name that stands at the beginning of a line.
    Map<String, Set<String>> labelsByName() {
        final var labels = new TreeMap<String, Set<String>>();
        families.values()
                .forEach(family -> family.samples()
                        .forEach(sample -> labels.computeIfAbsent(sample.name(), _ -> new TreeSet<>())
                                .addAll(sample.labels().keySet())));
        return labels;
    }

    /// A number, by its name and some of its labels; there must be exactly one.
    double number(final String name, final Map<String, String> labels) {
        final var found = families.values().stream()
                .flatMap(family -> family.samples().stream())
                .filter(sample ->
                        sample.name().equals(name) && sample.labels().entrySet().containsAll(labels.entrySet()))
                .toList();
        assertEquals(1, found.size(), name + labels);
        return found.getFirst().value();
    }
}
