package io.parley.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class ProgramArchiveTest {
    @Test
    void the_jvm_takes_what_was_learnt_and_reads_no_class_of_parley_from_the_jar(@TempDir final Path directory)
            throws IOException {
        final var keys = directory.resolve("keys.json");
        final var command = new ArrayList<>(ParleyProgram.toDo(List.of("token-keys", keys.toString())));
        command.addAll(1, List.of("-XX:AOTMode=on", "-Xlog:class+load")); // on: does not start without it
        final var output = directory.resolve("output");
        final var process = LocalProcess.launch(command, directory, output, Lifetime.WITH_THIS_JVM);
        assertTrue(process.endsWithin(Duration.ofMinutes(1)));
        final var said = Files.readAllLines(output);
        assertEquals(0, process.exitCode().orElseThrow(), () -> String.join("\n", said));
        assertTrue(Files.exists(keys));
        final var loaded =
                said.stream().filter(line -> line.contains(" io.parley.Main ")).toList();
        assertEquals(1, loaded.size(), loaded.toString());
        assertTrue(loaded.getFirst().contains("shared objects file"), loaded.toString());
    }
}
