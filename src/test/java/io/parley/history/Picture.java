package io.parley.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A run over time as one SVG, complete in itself: acknowledgements a second, faults as bands, violations as
/// marks.
public final class Picture {
    private static final int WIDTH = 1_200;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int LABEL_ROW = 16;
    private static final int LABEL_ROWS_MAX = 8;
    private static final int PLOT = 300;
    private static final int BOTTOM = 80;
    private static final int BINS_MAX = 400;
    private static final int MARKS_MAX = 2_000;
    private static final double CHARACTER = 6.6; // width, at 12 px
    private static final String[] BANDS = {"#f4b183", "#f2a6c2", "#c5a5d8", "#a9d18e", "#ffd966", "#d9a3a3"};

    private final Timeline timeline;
    private final Verdict verdict;
    private final long start;
    private final double span;
    private final double bin;
    private final double[] rates;
    private final double most;
    private final List<Integer> rows;
    private final int top;
    private final StringBuilder svg = new StringBuilder(64_000);

    private Picture(final List<Event> history, final Verdict verdict) {
        this.timeline = new Timeline(history);
        this.verdict = verdict;
        start = history.stream().mapToLong(Event::at).min().orElse(0);
        span = Math.max(1, timeline.end / 1e9);
        bin = Math.max(0.1, nice(span / BINS_MAX));
        rates = new double[(int) Math.ceil(span / bin) + 1];
        double highest = 1;
        for (int each = 0; each < rates.length; each++) {
            rates[each] = timeline.acknowledgedIn((long) (each * bin * 1e9), (long) ((each + 1) * bin * 1e9)) / bin;
            highest = Math.max(highest, rates[each]);
        }
        most = highest * 1.05;
        rows = rows();
        top = 50 + LABEL_ROW * (1 + rows.stream().mapToInt(row -> row).max().orElse(0));
    }

    /// The picture of a history.
    public static String of(final List<Event> history, final Verdict verdict) {
        final var picture = new Picture(history, verdict);
        picture.draw();
        return picture.svg.toString();
    }

    private void draw() {
        final int height = top + PLOT + BOTTOM;
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d'"
                        + " font-family='sans-serif' font-size='12'>",
                WIDTH, height, WIDTH, height);
        add("<rect width='%d' height='%d' fill='#ffffff'/>", WIDTH, height);
        add(
                "<text x='%d' y='24' font-size='15' fill='#222222'>%,d messages acknowledged, %,d lost, %,d violations"
                        + "</text>",
                LEFT, verdict.acknowledged(), verdict.lost(), verdict.violationCount());
        outages();
        axes();
        area();
        marks();
        add("</svg>");
    }

    @SuppressWarnings("AnnotateFormatMethod") // Error Prone's annotations are no dependency of ours
    private void add(final String format, final Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private double x(final double seconds) {
        return LEFT + Math.min(1, seconds / span) * (WIDTH - LEFT - RIGHT);
    }

    private double y(final double rate) {
        return top + PLOT - rate / most * PLOT;
    }

    /// In which row above the plot each label stands, so that they do not cover each other.
    private List<Integer> rows() {
        final var placed = new ArrayList<Integer>();
        final var ends = new double[LABEL_ROWS_MAX];
        for (final var outage : timeline.outages) {
            final double from = labelAt(outage);
            int row = 0;
            while (row < LABEL_ROWS_MAX - 1 && ends[row] > from) {
                row++;
            }
            ends[row] = from + label(outage).length() * CHARACTER + 8;
            placed.add(row);
        }
        return placed;
    }

    /// To the right of the band's beginning, or as far left as its end needs.
    private double labelAt(final Timeline.Outage outage) {
        return Math.max(
                LEFT,
                Math.min(x(outage.begin() / 1e9), WIDTH - RIGHT - label(outage).length() * CHARACTER));
    }

    private static String label(final Timeline.Outage outage) {
        final var name =
                outage.name().length() <= 60 ? outage.name() : outage.name().substring(0, 59) + "…";
        return String.format(Locale.ROOT, "%s (%.1f s)", name, outage.nanos() / 1e9);
    }

    private void outages() {
        for (int each = 0; each < timeline.outages.size(); each++) {
            final var outage = timeline.outages.get(each);
            final double from = x(outage.begin() / 1e9);
            final double bandY = labelY(each) + 3;
            add(
                    "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s' fill-opacity='0.45'>"
                            + "<title>%s</title></rect>",
                    from,
                    bandY,
                    Math.max(2, x(outage.end() / 1e9) - from),
                    top + PLOT - bandY,
                    BANDS[each % BANDS.length],
                    escaped(label(outage)));
        }
        for (int each = 0; each < timeline.outages.size(); each++) { // on top of all bands
            final var outage = timeline.outages.get(each);
            add(
                    "<text x='%.1f' y='%.1f' fill='#333333'>%s</text>",
                    labelAt(outage), labelY(each), escaped(label(outage)));
        }
    }

    private double labelY(final int outage) {
        return top - 8.0 - LABEL_ROW * rows.get(outage);
    }

    private void axes() {
        final double stepY = nice(most / 5);
        for (double rate = 0; rate <= most; rate += stepY) {
            add("<line x1='%d' y1='%.1f' x2='%d' y2='%.1f' stroke='#dddddd'/>", LEFT, y(rate), WIDTH - RIGHT, y(rate));
            add(
                    "<text x='%d' y='%.1f' text-anchor='end' fill='#444444'>%s</text>",
                    LEFT - 6, y(rate) + 4, number(rate));
        }
        final double stepX = nice(span / 10);
        for (double second = 0; second <= span; second += stepX) {
            add(
                    "<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#888888'/>",
                    x(second), top + PLOT, x(second), top + PLOT + 5);
            add(
                    "<text x='%.1f' y='%d' text-anchor='middle' fill='#444444'>%s</text>",
                    x(second), top + PLOT + 20, number(second));
        }
        add(
                "<text x='%d' y='%d' text-anchor='middle' fill='#222222'>seconds since the beginning</text>",
                (LEFT + WIDTH - RIGHT) / 2, top + PLOT + 40);
        add(
                "<text transform='translate(16 %d) rotate(-90)' text-anchor='middle' fill='#222222'>"
                        + "acknowledgements a second</text>",
                top + PLOT / 2);
    }

    private void area() {
        final var path = new StringBuilder(rates.length * 24);
        path.append(String.format(Locale.ROOT, "M%.1f %.1f", x(0), y(0)));
        for (int each = 0; each < rates.length; each++) {
            path.append(String.format(Locale.ROOT, "V%.1fH%.1f", y(rates[each]), x((each + 1) * bin)));
        }
        path.append(String.format(Locale.ROOT, "V%.1fZ", y(0)));
        add("<path d='%s' fill='#2e75b6' fill-opacity='0.55' stroke='#1f4e79' stroke-width='1'/>", path);
    }

    private void marks() {
        final double markY = top + PLOT + 52;
        verdict.violations().stream().limit(MARKS_MAX).forEach(violation -> {
            final double markX = x(Math.max(0, violation.at() - start) / 1e9);
            add(
                    "<path d='M%.1f %.1fl5 10h-10z' fill='#c00000'><title>%s</title></path>",
                    markX, markY, escaped(violation.toString()));
        });
        add(
                "<text x='%d' y='%d' fill='%s'>%s</text>",
                LEFT,
                top + PLOT + 76,
                verdict.violations().isEmpty() ? "#444444" : "#c00000",
                verdict.violations().isEmpty() ? "no violations" : "▲ a violation, where it showed");
    }

    private static String number(final double value) {
        return Math.abs(value - Math.rint(value)) < 1e-9
                ? String.format(Locale.ROOT, "%,d", Math.round(value))
                : String.format(Locale.ROOT, "%.1f", value);
    }

    /// 1, 2 or 5 of a power of ten, and no less than `value`.
    private static double nice(final double value) {
        final double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (final double each : new double[] {1, 2, 5}) {
            if (each * power >= value * 0.999_999) {
                return each * power;
            }
        }
        return 10 * power;
    }

    private static String escaped(final String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }
}
