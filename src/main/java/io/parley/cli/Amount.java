package io.parley.cli;

import java.util.Locale;

/// Numbers of bytes for people. Pure.
final class Amount {
    private static final long KIB = 1L << 10;
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private Amount() {}

    static String of(final long bytes) {
        if (bytes < KIB) {
            return bytes + " B";
        }
        double amount = bytes / (double) KIB;
        int unit = 0;
        while (amount >= KIB && unit < UNITS.length - 1) {
            amount /= KIB;
            unit++;
        }
        return String.format(Locale.ROOT, amount < 10 ? "%.1f %s" : "%.0f %s", amount, UNITS[unit]);
    }
}
