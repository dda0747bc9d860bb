package io.parley.local;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A process that some JVM of ours started, told by its pid and its start: another one that got the same pid
/// later is not taken for it. It can be written down and found again.
///
/// @param start when it started, in a form to compare and no more
public record LocalProcess(long pid, String start) {
    /// Stays until our end is closed, which the system does at the latest when this JVM ends, also by `kill
    /// -9`. `$$` is the process itself also in the subshell.
    private static final String DIE_WITH_PARENT =
            "exec 3<&0 </dev/null; (read -r _ <&3; kill -9 $$ 2>/dev/null) & exec \"$@\" 3<&-";

    /// Those that this JVM has started. They stay here: their standard input is the line by which they notice
    /// our end, and how they ended may be asked later.
    private static final Map<LocalProcess, Process> STARTED = new ConcurrentHashMap<>();

    private static final Duration REAPED_MAX = Duration.ofSeconds(10);

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /// What may be sent to a process.
    public enum Signal {
        /// End in good order.
        TERM,
        /// End at once.
        KILL,
        /// Stand still.
        STOP,
        /// Go on.
        CONT
    }

    /// Starts a command.
    ///
    /// @param output where its standard output and error are appended to
    public static LocalProcess launch(
            final List<String> command, final Path directory, final Path output, final Lifetime lifetime) {
        return launch(command, Map.of(), directory, output, lifetime);
    }

    /// Starts a command with an environment of which one part is given: no variable of ours (`PARLEY_…`) is
    /// inherited.
    public static LocalProcess launch(
            final List<String> command,
            final Map<String, String> environment,
            final Path directory,
            final Path output,
            final Lifetime lifetime) {
        final var wrapped = new ArrayList<String>();
        switch (lifetime) {
            case WITH_THIS_JVM -> wrapped.addAll(List.of("sh", "-c", DIE_WITH_PARENT, "sh"));
            case DETACHED -> setsid().ifPresent(wrapped::add);
        }
        wrapped.addAll(command);
        final var builder = new ProcessBuilder(wrapped)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        if (lifetime == Lifetime.DETACHED) {
            builder.redirectInput(new File("/dev/null"));
        }
        builder.environment().keySet().removeIf(name -> name.startsWith("PARLEY_"));
        builder.environment().putAll(environment);
        try {
            final var process = builder.start();
            final var started = of(process.pid());
            STARTED.put(started, process);
            return started;
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot start " + command.getFirst() + ": " + failed.getMessage(), failed);
        }
    }

    /// Takes it out of the terminal's group: Ctrl-C there is not meant for it. `exec`s, so the pid stays.
    private static Optional<String> setsid() {
        return Stream.of("/usr/bin/setsid", "/bin/setsid")
                .filter(each -> Files.isExecutable(Path.of(each)))
                .findFirst();
    }

    private static LocalProcess of(final long pid) {
        return new LocalProcess(pid, startOf(pid).orElse("ended before it was looked at"));
    }

    /// The start in ticks of the machine's run where the kernel says so: a clock may be set, ticks are not.
    private static Optional<String> startOf(final long pid) {
        if (Files.exists(BOOT)) {
            return stat(pid).map(fields -> fields[19] + "@" + bootId());
        }
        return ProcessHandle.of(pid)
                .flatMap(found -> found.info().startInstant())
                .map(Object::toString);
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT).strip();
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot read " + BOOT, failed);
        }
    }

    /// `/proc/…/stat` behind the program's name, which may hold anything: the first field is the state.
    private static Optional<String[]> stat(final long pid) {
        try {
            final var line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return Optional.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
        } catch (final IOException gone) {
            return Optional.empty();
        }
    }

    /// Whether it is there, running or paused.
    public boolean isAlive() {
        return startOf(pid).filter(start::equals).isPresent()
                && !state().equals("Z") // ended, nobody looked yet
                && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /// Whether the system says what it does, in `/proc`.
    boolean showsItsState() {
        return stat(pid).isPresent();
    }

    /// Whether it stands still after [Signal#STOP]; no where the system has no `/proc`.
    public boolean isPaused() {
        return isAlive() && state().equals("T");
    }

    private String state() {
        return stat(pid).map(fields -> fields[0]).orElse("");
    }

    /// Its memory in MiB, 0 where the system does not say.
    public long residentMiB() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (final IOException gone) {
            return 0;
        }
    }

    /// Sends a signal; nothing happens when the process is gone.
    public void send(final Signal signal) {
        if (!isAlive()) {
            return;
        }
        try {
            final var kill = new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + pid)
                    .redirectErrorStream(true)
                    .start();
            final var said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!kill.waitFor(10, TimeUnit.SECONDS) || (kill.exitValue() != 0 && isAlive())) {
                throw new LocalTrouble("cannot send " + signal + " to process " + pid + ": " + said.strip());
            }
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot send " + signal + " to process " + pid, failed);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new LocalTrouble("stopped while sending " + signal, stopped);
        }
    }

    /// Whether it ended in time.
    public boolean endsWithin(final Duration atMost) {
        return Waiting.within(atMost, () -> !isAlive());
    }

    /// How it ended, as a shell says it (143 after [Signal#TERM]); empty while it is there, and where another
    /// JVM has started it.
    public OptionalInt exitCode() {
        final var started = STARTED.get(this);
        if (started == null || isAlive()) {
            return OptionalInt.empty();
        }
        try { // it has ended; this JVM may hear of it a moment later
            return started.waitFor(REAPED_MAX.toMillis(), TimeUnit.MILLISECONDS)
                    ? OptionalInt.of(started.exitValue())
                    : OptionalInt.empty();
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new LocalTrouble("stopped while waiting for an exit code", stopped);
        }
    }

    /// Writes it down for other JVMs; readers see the whole or what was there before.
    public void write(final Path file) throws IOException {
        final var whole = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(whole, pid + " " + start + "\n");
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// What was written down last, whether it still runs or not.
    public static Optional<LocalProcess> read(final Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        final var words = Files.readString(file).strip().split(" ", 2);
        return Optional.of(new LocalProcess(Long.parseLong(words[0]), words[1]));
    }
}
