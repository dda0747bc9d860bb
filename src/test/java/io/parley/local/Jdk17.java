package io.parley.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds a JDK 17, which Cassandra 5.0 runs on: newer ones have no security manager left, and it asks for one.
final class Jdk17 {
    private Jdk17() {}

    static Path java() {
        return Stream.of(named(), onPath(), installed())
                .flatMap(places -> places)
                .filter(Jdk17::is17)
                .map(home -> home.resolve("bin").resolve("java"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new LocalTrouble(
                        "Cassandra needs a JDK 17 and none was found: install one (Debian: apt install "
                                + "openjdk-17-jre-headless), or name its directory in JAVA17_HOME"));
    }

    private static Stream<Path> named() {
        return Stream.of("JAVA17_HOME", "JDK17_HOME", "JAVA_HOME")
                .map(System::getenv)
                .filter(home -> home != null && !home.isBlank())
                .map(Path::of);
    }

    private static Stream<Path> onPath() {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .filter(entry -> !entry.isBlank())
                .map(entry -> Path.of(entry, "java"))
                .filter(Files::isExecutable)
                .flatMap(Jdk17::homeOf);
    }

    private static Stream<Path> homeOf(final Path java) {
        try {
            return Stream.of(java.toRealPath().resolve("..", "..").normalize());
        } catch (final IOException unreadable) {
            return Stream.empty();
        }
    }

    private static Stream<Path> installed() {
        final var home = System.getProperty("user.home");
        return Stream.of(
                        Path.of("/usr/lib/jvm"),
                        Path.of("/usr/java"),
                        Path.of("/opt/java"),
                        Path.of("/opt"),
                        Path.of(home, ".sdkman", "candidates", "java"),
                        Path.of(home, ".jdks"),
                        Path.of("/Library/Java/JavaVirtualMachines"))
                .flatMap(Jdk17::children)
                .flatMap(each -> Stream.of(each, each.resolve("Contents").resolve("Home")));
    }

    private static Stream<Path> children(final Path directory) {
        try (var found = Files.list(directory)) {
            return found.sorted().toList().stream();
        } catch (final IOException noneThere) {
            return Stream.empty();
        }
    }

    /// Every JDK says its version in the file `release`.
    private static boolean is17(final Path home) {
        try (var lines = Files.lines(home.resolve("release"))) {
            return lines.anyMatch(line -> line.matches("JAVA_VERSION=\"17[.\"].*"));
        } catch (final IOException notOne) {
            return false;
        }
    }
}
