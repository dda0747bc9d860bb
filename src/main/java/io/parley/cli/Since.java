package io.parley.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/// From where on earlier messages are wanted. Pure.
sealed interface Since {
    /// Everything after this place in the conversation; `#0`: all.
    record Place(long seq) implements Since {}

    /// Everything from this time on.
    record Time(Instant time) implements Since {}

    String FORMS = "a place such as #17 (everything after it), an age such as 90s, 10m, 2h, 3d, or a time such as "
            + "2026-11-24, 2026-11-24T08:15 or 2026-11-24T08:15:30Z";

    Pattern PLACE = Pattern.compile("#?([0-9]{1,15})");
    Pattern AGE = Pattern.compile("([0-9]{1,9})([smhd])");

    static Since parse(final String text, final Instant now, final ZoneId zone) throws Stop {
        final var place = PLACE.matcher(text);
        if (place.matches()) {
            return new Place(Long.parseLong(place.group(1)));
        }
        final var age = AGE.matcher(text);
        if (age.matches()) {
            return new Time(now.minus(age(Long.parseLong(age.group(1)), age.group(2))));
        }
        try {
            return new Time(time(text, zone));
        } catch (final DateTimeParseException misspelt) {
            throw new Stop(ExitCode.USAGE, "--since: give " + FORMS);
        }
    }

    private static Duration age(final long count, final String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    private static Instant time(final String text, final ZoneId zone) {
        if (text.endsWith("Z")) {
            return Instant.parse(text);
        }
        return text.contains("T")
                ? LocalDateTime.parse(text).atZone(zone).toInstant()
                : LocalDate.parse(text).atStartOfDay(zone).toInstant();
    }
}
