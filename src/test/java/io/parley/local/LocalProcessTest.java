package io.parley.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.local.LocalProcess.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> SLEEP = List.of("sleep", "600");

    @TempDir
    private Path directory;

    @Test
    void a_process_can_be_paused_and_resumed_and_ended() {
        final var process = launch(Lifetime.WITH_THIS_JVM);
        assertTrue(process.isAlive());
        process.send(Signal.STOP);
        assertTrue(Waiting.within(PATIENCE, process::isPaused));
        process.send(Signal.CONT);
        assertTrue(Waiting.within(PATIENCE, () -> !process.isPaused()));
        process.send(Signal.TERM);
        assertTrue(process.endsWithin(PATIENCE));
        process.send(Signal.KILL); // nothing to kill is no trouble
    }

    @Test
    void a_process_is_found_again_by_what_was_written_down() throws IOException {
        final var process = launch(Lifetime.WITH_THIS_JVM);
        final var file = directory.resolve("process");
        assertEquals(Optional.empty(), LocalProcess.read(file));
        process.write(file);
        assertEquals(Optional.of(process), LocalProcess.read(file));
        process.send(Signal.KILL);
        assertTrue(process.endsWithin(PATIENCE));
    }

    @Test
    void another_process_with_the_same_pid_is_not_taken_for_it() {
        final var process = launch(Lifetime.WITH_THIS_JVM);
        final var earlier = new LocalProcess(process.pid(), "some other start");
        assertFalse(earlier.isAlive());
        earlier.send(Signal.KILL);
        assertTrue(process.isAlive());
        process.send(Signal.KILL);
        assertTrue(process.endsWithin(PATIENCE));
    }

    @Test
    void it_dies_with_a_jvm_that_is_killed_unless_it_was_detached() throws IOException {
        final var parent = LocalProcess.launch(
                List.of(
                        ParleyProgram.java(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        directory.toString()),
                directory,
                directory.resolve("output"),
                Lifetime.WITH_THIS_JVM);
        assertTrue(Waiting.within(PATIENCE, () -> Files.exists(directory.resolve("DETACHED"))));
        final var bound = LocalProcess.read(directory.resolve("WITH_THIS_JVM")).orElseThrow();
        final var detached = LocalProcess.read(directory.resolve("DETACHED")).orElseThrow();
        assertTrue(bound.isAlive());

        parent.send(Signal.KILL);
        assertTrue(bound.endsWithin(PATIENCE));
        assertTrue(detached.isAlive());
        detached.send(Signal.KILL);
        assertTrue(detached.endsWithin(PATIENCE));
    }

    private LocalProcess launch(final Lifetime lifetime) {
        return LocalProcess.launch(SLEEP, directory, directory.resolve("output"), lifetime);
    }

    /// Starts one process of each kind, says so in a directory, and stays.
    static final class Parent {
        private Parent() {}

        public static void main(final String[] arguments) throws IOException, InterruptedException {
            final var directory = Path.of(arguments[0]);
            for (final var lifetime : Lifetime.values()) {
                LocalProcess.launch(SLEEP, directory, directory.resolve("output"), lifetime)
                        .write(directory.resolve(lifetime.name()));
            }
            Thread.currentThread().join();
        }
    }
}
