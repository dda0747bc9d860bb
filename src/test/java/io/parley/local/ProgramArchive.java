package io.parley.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// All of Parley as it is compiled now, in one jar that no build replaces, with what the JVM has learnt from a
/// start of it ([JEP 514](https://openjdk.org/jeps/514), [JEP 515](https://openjdk.org/jeps/515)): a node
/// started from it takes a third of the processor time. Made when it is first asked for, and anew when a class,
/// a jar, a flag or the JDK has become another; several processes may ask at once.
///
/// ```
/// target/program/KEY/parley.jar
/// target/program/KEY/parley.aot    by ops/image/learn-start
/// target/program/KEY/made          stands there when both are whole
/// ```
final class ProgramArchive {
    private static final Duration LEARN_MAX = Duration.ofMinutes(4);
    private static final int KEPT = 3;

    private static Optional<Program> made = Optional.empty();

    private ProgramArchive() {}

    /// What a JVM that runs Parley is told.
    ///
    /// @param flags before the class path
    record Program(List<String> flags, String classPath) {}

    /// Prints a program for scripts: its flags in one line, its class path in the next.
    public static void main(final String[] none) {
        final var program = compiled();
        System.out.println(String.join(" ", program.flags()));
        System.out.println(program.classPath());
    }

    /// What is compiled now, as this JVM first found it.
    static synchronized Program compiled() {
        if (made.isEmpty()) {
            made = Optional.of(find());
        }
        return made.get();
    }

    private static Program find() {
        final var classes = ClassFiles.compiled()
                .orElseThrow(() -> new LocalTrouble("there are no compiled classes on the class path"))
                .toAbsolutePath();
        try {
            final var others =
                    Files.readString(classes.resolveSibling("parley.classpath")).strip();
            final var all = Files.createDirectories(classes.resolveSibling("program"));
            final var directory = all.resolve(key(classes, others));
            final var program = program(directory, others);
            try (var lock =
                    FileChannel.open(all.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock.lock();
                if (!Files.exists(directory.resolve("made"))) {
                    forgetOldest(all);
                    make(classes, directory, program);
                }
            }
            return program;
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot make an archive of " + classes + ": " + failed.getMessage(), failed);
        }
    }

    private static Program program(final Path directory, final String others) {
        return new Program(
                List.of("-XX:AOTCache=" + directory.resolve("parley.aot")),
                directory.resolve("parley.jar") + File.pathSeparator + others);
    }

    /// Nodes that run from one keep what they have opened.
    private static void forgetOldest(final Path all) throws IOException {
        try (var found = Files.list(all)) {
            final var made = found.filter(Files::isDirectory)
                    .sorted((one, other) -> Long.compare(
                            other.toFile().lastModified(), one.toFile().lastModified()))
                    .toList();
            for (final var old : made.subList(Math.min(made.size(), KEPT - 1), made.size())) {
                ClassFiles.delete(old);
            }
        }
    }

    private static void make(final Path classes, final Path directory, final Program program) throws IOException {
        System.err.println("learning what a start of this build needs, once: half a minute ...");
        ClassFiles.delete(directory);
        Files.createDirectories(directory);
        final int ended = ToolProvider.findFirst("jar")
                .orElseThrow(() -> new LocalTrouble("this JDK has no jar tool"))
                .run(
                        System.out,
                        System.err,
                        "--create",
                        "--no-compress",
                        "--file",
                        directory.resolve("parley.jar").toString(),
                        "-C",
                        classes.toString(),
                        ".");
        if (ended != 0) {
            throw new LocalTrouble("cannot put " + classes + " into a jar");
        }
        learn(directory, program);
        Files.createFile(directory.resolve("made"));
    }

    private static void learn(final Path directory, final Program program) throws IOException {
        final var output = directory.resolve("learn.log");
        final var command = Stream.of(
                        Stream.of(
                                "ops/image/learn-start",
                                program.classPath(),
                                directory.resolve("parley.aot").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC"),
                        ParleyProgram.usualFlags().stream())
                .flatMap(words -> words)
                .toList();
        final var ports = FreePorts.find();
        final var environment = Map.of(
                "JAVA", ParleyProgram.java(),
                "PARLEY_PORT", Integer.toString(ports.first()),
                "PARLEY_MANAGEMENT_PORT", Integer.toString(ports.second()));
        final var process =
                LocalProcess.launch(command, environment, Path.of("").toAbsolutePath(), output, Lifetime.WITH_THIS_JVM);
        Tool.awaitSuccess(process, "ops/image/learn-start", LEARN_MAX, () -> written(output));
    }

    private static String written(final Path output) {
        try {
            return Files.readString(output);
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot read " + output, failed);
        }
    }

    private static String key(final Path classes, final String others) throws IOException {
        final var digest = sha256();
        for (final var each : List.of(
                Runtime.version().toString(),
                ParleyProgram.java(),
                ParleyProgram.usualFlags().toString(),
                others)) {
            digest.update(each.getBytes(UTF_8));
        }
        digest.update(Files.readAllBytes(Path.of("ops/image/learn-start")));
        try (var found = Files.walk(classes)) {
            for (final var file : found.filter(Files::isRegularFile).sorted().toList()) {
                digest.update(classes.relativize(file).toString().getBytes(UTF_8));
                digest.update(Files.readAllBytes(file));
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException impossible) {
            throw new LocalTrouble("this JDK has no SHA-256", impossible);
        }
    }
}
