package io.parley.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The command line of `io.parley.Main`, run as this JVM is: by the same JDK, with its class path but for what
/// belongs to tests.
final class ParleyProgram {
    private ParleyProgram() {}

    /// A node's.
    static List<String> node(final NodeSettings settings) {
        return command(settings.heapMiB(), settings.flags(), settings.host(), settings.classPathPrefix());
    }

    /// That of a command which ends by itself, such as `schema 3`.
    static List<String> toDo(final List<String> words) {
        final var command = new ArrayList<>(command(256, List.of("-XX:TieredStopAtLevel=1"), "", List.of()));
        command.addAll(words);
        return command;
    }

    private static List<String> command(
            final int heapMiB, final List<String> flags, final String host, final List<Path> classPathPrefix) {
        final var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(usualFlags());
        command.add("-Xmx" + heapMiB + "m");
        command.add("-XX:+UseSerialGC"); // several nodes share the cores and the memory of one machine
        if (!host.isEmpty()) {
            command.add("-Dparley.http.hosts.0=" + host); // of loopback's addresses it answers to 127.0.0.1 alone
        }
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath(classPathPrefix), "io.parley.Main"));
        return command;
    }

    /// What every Parley runs with.
    private static List<String> usualFlags() {
        return Arrays.stream(System.getProperty("parley.jvm.flags", "").split(" "))
                .filter(flag -> !flag.isBlank())
                .toList();
    }

    /// That of this JVM but for what belongs to tests, behind `prefix`.
    static String classPath(final List<Path> prefix) {
        final boolean whole = prefix.stream().anyMatch(ParleyProgram::isAllOfParley);
        return Stream.concat(
                        prefix.stream(),
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                                .filter(entry -> !entry.endsWith("test-classes"))
                                .map(Path::of)
                                .filter(entry -> !whole || !isAllOfParley(entry)))
                .map(entry -> entry.toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// Where one is put before another, that one is left out: configuration of the same name would be mixed.
    private static boolean isAllOfParley(final Path entry) {
        return Files.exists(entry.resolve("io", "parley", "Main.class"));
    }
}
