package io.parley.bench;

import io.parley.content.JsonText;
import io.parley.protocol.JsonPrinter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/// What a run measured, for people and for programs.
///
/// @param lost      messages with ✓ that never arrived
/// @param unticked  messages with ✓ that arrived and never got ✓✓
/// @param unanswered messages that were sent and never got ✓
record LoadReport(
        LoadOptions options,
        Tally tally,
        double seconds,
        long messages,
        double serverCpuSeconds,
        double ownCpuSeconds,
        long lost,
        long unticked,
        long unanswered) {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    static LoadReport of(
            final LoadOptions options,
            final Tally tally,
            final List<Player> players,
            final long nanos,
            final double serverCpuSeconds,
            final double ownCpuSeconds) {
        long lost = 0;
        for (int i = 0; i < players.size(); i++) {
            final var sender = players.get(i);
            lost += Math.max(
                    0,
                    sender.sentNumber()
                            - sender.unanswered()
                            - players.get(i ^ 1).arrivedCount());
        }
        return new LoadReport(
                options,
                tally,
                nanos / NANOS_PER_SECOND,
                tally.arrived.sum(),
                serverCpuSeconds,
                ownCpuSeconds,
                lost,
                players.stream().mapToLong(Player::unticked).sum(),
                players.stream().mapToLong(Player::unanswered).sum());
    }

    /// Whether every message arrived once, in order, and got its ticks.
    boolean isWell() {
        return lost == 0
                && unticked == 0
                && unanswered == 0
                && tally.doubled.get() == 0
                && tally.outOfOrder.get() == 0
                && tally.refused.get() == 0
                && messages > 0;
    }

    private double perSecond() {
        return messages / seconds;
    }

    private double perThousand(final double cpuSeconds) {
        return messages == 0 ? 0 : cpuSeconds * 1_000 / messages;
    }

    private static double millis(final Histogram histogram, final double share) {
        return histogram.quantileNanos(share) / NANOS_PER_MILLI;
    }

    String table() {
        final var text = new StringBuilder();
        line(text, "pairs × in flight", options.pairs() + " × " + options.inFlight());
        line(text, "messages/s", decimal(perSecond(), 0) + "  (" + messages + " in " + decimal(seconds, 1) + " s)");
        line(text, "send → ✓", quantiles(tally.sent));
        line(text, "send → ✓✓", quantiles(tally.delivered));
        if (!options.serverPids().isEmpty()) {
            line(text, "server CPU s / 1,000", decimal(perThousand(serverCpuSeconds), 3));
        }
        line(text, "driver CPU s / 1,000", decimal(perThousand(ownCpuSeconds), 3));
        line(text, "lost, doubled, out of order", lost + ", " + tally.doubled + ", " + tally.outOfOrder);
        line(text, "no ✓, no ✓✓, refused", unanswered + ", " + unticked + ", " + tally.refused);
        line(text, "reconnects, pushed again", tally.reconnects + ", " + tally.pushedAgain);
        tally.faults().forEach(fault -> text.append("  ! ").append(fault).append('\n'));
        return text.toString();
    }

    private static void line(final StringBuilder text, final String name, final String value) {
        text.append(String.format(Locale.ROOT, "  %-28s %s%n", name, value));
    }

    private static String quantiles(final Histogram of) {
        return "p50 " + decimal(millis(of, 0.5), 2) + " ms  p99 " + decimal(millis(of, 0.99), 2) + " ms";
    }

    private static String decimal(final double value, final int digits) {
        return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
    }

    /// The same on one line.
    String json() {
        final var json = new JsonPrinter()
                .object()
                .member("pairs", options.pairs())
                .member("inFlight", options.inFlight())
                .member("textBytes", options.textBytes())
                .member("seed", options.seed())
                .member("messages", messages)
                .member("lost", lost)
                .member("doubled", tally.doubled.get())
                .member("outOfOrder", tally.outOfOrder.get())
                .member("refused", tally.refused.get())
                .member("unanswered", unanswered)
                .member("unticked", unticked)
                .member("reconnects", tally.reconnects.sum())
                .member("well", isWell());
        number(json, "seconds", seconds);
        number(json, "messagesPerSecond", perSecond());
        number(json, "sentP50Millis", millis(tally.sent, 0.5));
        number(json, "sentP99Millis", millis(tally.sent, 0.99));
        number(json, "deliveredP50Millis", millis(tally.delivered, 0.5));
        number(json, "deliveredP99Millis", millis(tally.delivered, 0.99));
        number(json, "driverCpuSecondsPer1000", perThousand(ownCpuSeconds));
        if (!options.serverPids().isEmpty()) {
            number(json, "serverCpuSecondsPer1000", perThousand(serverCpuSeconds));
        }
        return json.end().toString();
    }

    private static void number(final JsonPrinter json, final String name, final double value) {
        json.member(name, new JsonText(decimal(value, 4)));
    }
}
