package io.parley.bench;

import io.parley.content.JsonText;
import java.util.OptionalLong;

/// The text of a message of the load: which run it belongs to and its sender's number, filled up to the wanted
/// length.
final class PlayedText {
    /// Room for a run of 16 digits, a number of any length a run can reach, and the marks between.
    static final int BYTES_MIN = 32;

    private static final String BEFORE = "\"text\":\"";

    private final String prefix;
    private final String filling;
    private final int bytes;

    /// @param run what tells this run's messages from those that earlier ones left undelivered
    PlayedText(final String run, final int bytes) {
        this.prefix = run + "-";
        this.bytes = bytes;
        this.filling = ".".repeat(bytes);
    }

    String of(final long number) {
        final var start = prefix + number + " ";
        return start.length() >= bytes ? start : start + filling.substring(start.length());
    }

    /// The number in a body; empty if it is not of this run.
    OptionalLong number(final JsonText body) {
        final var json = body.value();
        final var at = json.indexOf(BEFORE);
        if (at < 0 || !json.startsWith(prefix, at + BEFORE.length())) {
            return OptionalLong.empty();
        }
        long number = 0;
        for (int i = at + BEFORE.length() + prefix.length(); i < json.length() && isDigit(json.charAt(i)); i++) {
            number = number * 10 + json.charAt(i) - '0';
        }
        return OptionalLong.of(number);
    }

    private static boolean isDigit(final char c) {
        return c >= '0' && c <= '9';
    }
}
