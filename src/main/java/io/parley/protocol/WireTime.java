package io.parley.protocol;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/// Times on the wire: RFC 3339 in UTC with exactly three digits of a second, `2026-11-24T08:15:30.000Z`.
/// Written by hand since every `message` carries one and a formatter takes several times as long.
final class WireTime {
    private static final int LENGTH = 24;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int NANOS_PER_MILLI = 1_000_000;

    private WireTime() {}

    /// @throws DateTimeException outside the years 0 to 9999, which have no RFC 3339 form
    static void append(final Instant time, final StringBuilder out) {
        final long second = time.getEpochSecond();
        final var date = LocalDate.ofEpochDay(Math.floorDiv(second, SECONDS_PER_DAY));
        final int ofDay = Math.floorMod(second, SECONDS_PER_DAY);
        if (date.getYear() < 0 || date.getYear() > 9_999) {
            throw new DateTimeException("no RFC 3339 form: " + time);
        }
        two(date.getYear() / 100, out);
        two(date.getYear() % 100, out);
        two(date.getMonthValue(), out.append('-'));
        two(date.getDayOfMonth(), out.append('-'));
        two(ofDay / 3_600, out.append('T'));
        two(ofDay / 60 % 60, out.append(':'));
        two(ofDay % 60, out.append(':'));
        final int millis = time.getNano() / NANOS_PER_MILLI;
        out.append('.').append((char) ('0' + millis / 100));
        two(millis % 100, out);
        out.append('Z');
    }

    /// The time that `text` spells in exactly this form, if it does.
    static Optional<Instant> parse(final String text) {
        if (text.length() != LENGTH || text.charAt(LENGTH - 1) != 'Z') {
            return Optional.empty();
        }
        try {
            final var time = Instant.parse(text);
            final var again = new StringBuilder(LENGTH);
            append(time, again); // the parser also takes 24:00 and small letters
            return again.compareTo(new StringBuilder(text)) == 0 ? Optional.of(time) : Optional.empty();
        } catch (final DateTimeException misspelt) {
            return Optional.empty();
        }
    }

    private static void two(final int value, final StringBuilder out) {
        out.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
}
