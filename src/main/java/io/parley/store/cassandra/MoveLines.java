package io.parley.store.cassandra;

import io.parley.store.EmbeddedSource;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What a move says to the person who runs it.
final class MoveLines {
    private MoveLines() {}

    /// How far it is.
    ///
    /// @param before how much of `done` was done before this run
    /// @param ran    how long this run has taken
    static String progress(
            final String verb, final long done, final long total, final long before, final Duration ran) {
        final long here = done - before;
        final double seconds = Math.max(0.001, ran.toMillis() / 1_000.0);
        final double rate = here / seconds;
        final var left =
                here == 0 || done == total ? "" : ", about " + duration(Math.round((total - done) / rate)) + " left";
        return verb + " " + count(done) + " of " + count(total) + " events (" + (total == 0 ? 100 : done * 100 / total)
                + " %), " + count(Math.round(rate)) + "/s" + left;
    }

    private static String duration(final long seconds) {
        if (seconds < 120) {
            return seconds + " s";
        }
        final long minutes = seconds / 60;
        return minutes < 120 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }

    /// What there is to be moved.
    static String inventory(final EmbeddedSource.Inventory inventory) {
        return kinds(inventory.entities()) + "; " + count(inventory.events()) + " events, "
                + count(inventory.snapshots()) + " snapshots, " + count(inventory.blobs()) + " blobs";
    }

    /// What was compared.
    static String compared(final MovedCheck.Totals totals) {
        return kinds(totals.entities()) + "; " + count(totals.events()) + " events, " + count(totals.snapshots())
                + " snapshots, " + count(totals.blobs()) + " blobs, " + count(totals.bytes())
                + " bytes; SHA-256 over all " + totals.sha256();
    }

    private static String kinds(final Map<String, Long> entities) {
        return entities.isEmpty()
                ? "nobody"
                : entities.entrySet().stream()
                        .map(each -> count(each.getValue()) + " " + each.getKey() + (each.getValue() == 1 ? "" : "s"))
                        .collect(Collectors.joining(", "));
    }

    private static String count(final long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
