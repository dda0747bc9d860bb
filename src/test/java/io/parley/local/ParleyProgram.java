package io.parley.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The command line of `io.parley.Main`, run by this JVM's JDK: what is compiled now, from its
/// [ProgramArchive].
public final class ParleyProgram {
    /// For tests: it starts soon rather than computes fast, and its passwords are cheap to guess.
    static final List<String> TEST_FLAGS = List.of(
            "-XX:TieredStopAtLevel=1",
            "-Dparley.account.passwords.memory=1 MiB",
            "-Dparley.account.passwords.iterations=1",
            "-Dparley.account.passwords.refusal-after=50ms",
            "-Dparley.account.passwords.queue=1000");

    /// For commands, which end by themselves: the driver would wait for two seconds whether somebody still
    /// wants something.
    private static final List<String> COMMAND_FLAGS = List.of(
            "-Ddatastax-java-driver.advanced.netty.io-group.shutdown.quiet-period=0",
            "-Ddatastax-java-driver.advanced.netty.admin-group.shutdown.quiet-period=0");

    private ParleyProgram() {}

    /// A node's.
    static List<String> node(final NodeSettings settings) {
        final var flags = new ArrayList<String>();
        if (!settings.host().isEmpty()) { // of loopback's addresses it answers to 127.0.0.1 alone
            flags.add("-Dparley.http.hosts.0=" + settings.host());
        }
        flags.addAll(settings.flags());
        return command(settings.heapMiB(), flags, settings.classPathPrefix(), List.of());
    }

    /// That of a command which ends by itself, such as `schema 3`.
    static List<String> toDo(final List<String> words) {
        return command(256, all(List.of("-XX:TieredStopAtLevel=1"), COMMAND_FLAGS), List.of(), words);
    }

    /// That of a test: a node, or a command.
    ///
    /// @param heapMiB its Java heap
    /// @param words   none: a node
    public static List<String> forTests(final int heapMiB, final List<String> words) {
        return command(heapMiB, words.isEmpty() ? TEST_FLAGS : all(TEST_FLAGS, COMMAND_FLAGS), List.of(), words);
    }

    private static List<String> all(final List<String> some, final List<String> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static List<String> command(
            final int heapMiB, final List<String> flags, final List<Path> classPathPrefix, final List<String> words) {
        final var command = new ArrayList<String>();
        command.add(java());
        command.addAll(usualFlags());
        command.add("-Xmx" + heapMiB + "m");
        command.add("-XX:+UseSerialGC"); // several nodes share the cores and the memory of one machine
        command.addAll(flags);
        if (classPathPrefix.isEmpty()) {
            final var archive = ProgramArchive.compiled();
            command.addAll(archive.flags());
            command.addAll(List.of("-cp", archive.classPath()));
        } else {
            command.addAll(List.of("-cp", classPath(classPathPrefix)));
        }
        command.add("io.parley.Main");
        command.addAll(words);
        return command;
    }

    /// This JVM's.
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /// What every Parley runs with.
    public static List<String> usualFlags() {
        return Arrays.stream(System.getProperty("parley.jvm.flags", "").split(" "))
                .filter(Predicate.not(String::isBlank))
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
