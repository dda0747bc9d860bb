package io.parley.store;

import io.parley.local.ParleyProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A `main` in a process of its own, on this test's Java and class path, that can be killed.
final class ChildJvm {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final CompletableFuture<Void> end;

    ChildJvm(final Class<?> main, final String... arguments) throws IOException {
        final var command = new ArrayList<String>();
        command.add(ParleyProgram.java());
        command.addAll(ParleyProgram.usualFlags());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // starts soon rather than computes fast
        command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        end = CompletableFuture.runAsync(
                this::listen, task -> Thread.ofVirtual().start(task));
    }

    private void listen() {
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }
        } catch (final IOException e) {
            // Killed: what came until then counts.
        }
    }

    /// Waits until it has printed so many lines.
    void awaitLines(final int count) throws InterruptedException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        synchronized (lines) {
            while (lines.size() < count) {
                final long left = deadline - System.nanoTime();
                if (left <= 0 || end.isDone()) {
                    throw new AssertionError("only " + lines.size() + " of " + count + " lines");
                }
                TimeUnit.NANOSECONDS.timedWait(lines, Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
            }
        }
    }

    /// `kill -9`, and everything it had printed.
    List<String> kill() throws InterruptedException {
        process.destroyForcibly();
        return outputToItsEnd();
    }

    List<String> outputToItsEnd() throws InterruptedException {
        end.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) { // its output ends before its locks do
            throw new AssertionError("the process does not end");
        }
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }
}
