package io.parley.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The CPU time of a process as Linux counts it: user and system, all threads, from `/proc/<pid>/stat`
/// (proc(5)).
final class Cpu {
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux the JVM runs on
    private static final int UTIME = 11; // fields 14 and 15, counted after the command name, whose end is field 2
    private static final int STIME = 12;

    private Cpu() {}

    static double seconds(final long pid) throws IOException {
        return seconds(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
    }

    /// @param stat the file's contents; the command name in it may hold spaces and parentheses
    static double seconds(final String stat) throws IOException {
        final var fields =
                List.of(stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1));
        if (fields.size() <= STIME) {
            throw new IOException("not a stat file");
        }
        return (Long.parseLong(fields.get(UTIME)) + Long.parseLong(fields.get(STIME))) / TICKS_PER_SECOND;
    }
}
