package io.parley.history;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What a person reads of a judged history.
public final class Report {
    /// How much before and after a fault is compared with it.
    private static final long ASIDE_NANOS = 10_000_000_000L;

    private static final int VIOLATIONS_MAX = 20;
    private static final int EVENT_MAX = 300;

    private final StringBuilder text = new StringBuilder();
    private final Timeline timeline;
    private final Verdict verdict;

    private Report(final List<Event> history, final Verdict verdict) {
        this.timeline = new Timeline(history);
        this.verdict = verdict;
    }

    /// The report of a history.
    public static String of(final List<Event> history, final Verdict verdict) {
        final var report = new Report(history, verdict);
        report.counts();
        report.times();
        report.faults();
        report.violations(history);
        return report.text.toString();
    }

    @SuppressWarnings("AnnotateFormatMethod") // Error Prone's annotations are no dependency of ours
    private void line(final String format, final Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }

    private void counts() {
        line("messages sent         %,10d  in %,d attempts", verdict.sent(), verdict.attempts());
        line("  acknowledged        %,10d", verdict.acknowledged());
        line("  refused             %,10d", verdict.refused());
        line(
                "  indeterminate       %,10d  (stored without a ✓: %,d)",
                verdict.indeterminate(), verdict.storedUnacknowledged());
        line("pushes received       %,10d", verdict.received());
        line("devices               %,10d  (there in the end: %,d)", verdict.devices(), verdict.devicesJudged());
        line("");
        line("lost                  %,10d", verdict.lost());
        line("doubled               %,10d", verdict.doubled());
        line("out of order          %,10d", verdict.outOfOrder());
        line("invented              %,10d", verdict.invented());
        line("tick violations       %,10d", verdict.tickViolations());
        line("told to strangers     %,10d", verdict.strangers());
        line("presence violations   %,10d", verdict.presenceViolations());
        line("replay violations     %,10d", verdict.replayViolations());
        line("unread violations     %,10d", verdict.unreadViolations());
        line("");
    }

    private void times() {
        line("sending went on for   %10s", seconds(timeline.sendingNanos()));
        line("acknowledged a second %10s", rate(timeline.rate(0, timeline.end)));
        line(
                "send to ✓             %10s  median, %s of 99 %%, %s longest",
                seconds(timeline.waitOf(0.5)), seconds(timeline.waitOf(0.99)), seconds(timeline.waitOf(1)));
        line("longest without any ✓ %10s", seconds(timeline.longestSilence()));
        line("");
    }

    private void faults() {
        if (timeline.outages.isEmpty()) {
            return;
        }
        final int width = Math.max(
                5,
                timeline.outages.stream()
                        .mapToInt(each -> each.name().length())
                        .max()
                        .orElse(0));
        final var columns = "%-" + width + "s %9s %9s  %9s %9s %9s  %9s %9s";
        line(columns, "fault", "begin", "duration", "✓/s before", "during", "after", "no ✓ for", "one waited");
        for (final var fault : timeline.outages) {
            line(
                    columns,
                    fault.name(),
                    seconds(fault.begin()),
                    seconds(fault.nanos()),
                    rate(timeline.rate(fault.begin() - ASIDE_NANOS, fault.begin())),
                    rate(timeline.rate(fault.begin(), fault.end())),
                    rate(timeline.rate(fault.end(), fault.end() + ASIDE_NANOS)),
                    seconds(timeline.longestSilence(fault)),
                    seconds(timeline.longestWait(fault)));
        }
        line("");
    }

    private void violations(final List<Event> history) {
        final var perInvariant = new TreeMap<Invariant, Integer>();
        verdict.violations().forEach(each -> perInvariant.merge(each.invariant(), 1, Integer::sum));
        final long start = history.isEmpty() ? 0 : history.getFirst().at();
        verdict.unjudged().stream().limit(VIOLATIONS_MAX).forEach(each -> line("not judged: %s", each));
        verdict.violations().stream().limit(VIOLATIONS_MAX).forEach(each -> {
            line("%9s  %s", seconds(each.at() - start), each);
            each.events().forEach(event -> line("           %9s  %s", seconds(event.at() - start), brief(event)));
        });
        if (verdict.violations().size() > VIOLATIONS_MAX) {
            line("…");
        }
        line(
                "%s",
                verdict.holds()
                        ? "everything holds"
                        : verdict.violationCount() == 0
                                ? "nothing is broken, but not everything could be judged"
                                : String.format(
                                        Locale.ROOT, "%,d violations%s", verdict.violationCount(), of(perInvariant)));
    }

    private static String of(final Map<Invariant, Integer> perInvariant) {
        final var parts = perInvariant.entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue())
                .toList();
        return parts.isEmpty() ? "" : "; of those kept " + String.join(", ", parts);
    }

    /// An event on one line that is not too long: a final log by its size.
    static String brief(final Event event) {
        if (event instanceof Event.FinalLog log) {
            return "FinalLog[client=" + log.client() + ", conversation=" + log.conversation() + ", "
                    + log.entries().size() + " entries]";
        }
        final var whole = event.toString();
        return whole.length() <= EVENT_MAX ? whole : whole.substring(0, EVENT_MAX) + "…";
    }

    private static String rate(final double perSecond) {
        return Double.isNaN(perSecond) ? "–" : String.format(Locale.ROOT, "%,.1f", perSecond);
    }

    static String seconds(final long nanos) {
        return String.format(Locale.ROOT, "%,.3f s", nanos / 1e9);
    }
}
