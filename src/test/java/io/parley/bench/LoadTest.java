package io.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class LoadTest {
    private record Run(int exitCode, String output) {
        JsonNode json() {
            final var line = output.lines().filter(each -> each.startsWith("{")).findFirst();
            try {
                return new JsonMapper().readTree(line.orElseThrow(() -> new AssertionError(output)));
            } catch (final JsonProcessingException broken) {
                throw new AssertionError(output, broken);
            }
        }
    }

    private static Run run(final FakeParley.Fault fault, final String... more) {
        try (var fake = new FakeParley(fault)) {
            final var arguments = new ArrayList<>(List.of(
                    "--url",
                    fake.address().toString(),
                    "--pairs",
                    "2",
                    "--seconds",
                    "1",
                    "--warmup",
                    "0",
                    "--drain",
                    "1",
                    "--seed",
                    "7"));
            arguments.addAll(List.of(more));
            return run(arguments);
        }
    }

    private static Run run(final List<String> arguments) {
        final var bytes = new ByteArrayOutputStream();
        final var exitCode = Load.run(arguments, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return new Run(exitCode, bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void a_server_that_does_everything_right_is_measured_and_passes() {
        final var run = run(
                FakeParley.Fault.NONE,
                "--in-flight",
                "4",
                "--server-pid",
                "" + ProcessHandle.current().pid());
        assertEquals(0, run.exitCode(), run.output());
        final var json = run.json();
        assertTrue(json.required("messages").asLong() > 100, run.output());
        assertTrue(json.required("sentP50Millis").asDouble() > 0, run.output());
        assertTrue(json.required("deliveredP99Millis").asDouble()
                >= json.required("deliveredP50Millis").asDouble());
        assertTrue(json.required("serverCpuSecondsPer1000").asDouble() > 0, run.output());
        assertTrue(run.output().contains("messages/s"), run.output());
    }

    @Test
    @Tag("slow")
    void a_message_lost_pushed_or_stored_twice_or_out_of_order_is_found() {
        assertFault(FakeParley.Fault.PUSHES_TWICE, "doubled");
        assertFault(FakeParley.Fault.STORES_TWICE, "doubled");
        assertFault(FakeParley.Fault.SWAPS, "outOfOrder");
        assertFault(FakeParley.Fault.LOSES, "lost");
    }

    private static void assertFault(final FakeParley.Fault fault, final String where) {
        final var run = run(fault, "--in-flight", "4");
        assertEquals(1, run.exitCode(), fault + ": " + run.output());
        assertTrue(run.json().required(where).asLong() > 0, fault + ": " + run.output());
    }

    @Test
    void mistakes_in_the_arguments_are_told_and_nothing_is_run() {
        for (final var arguments : List.of(
                List.of("--pairs", "0"),
                List.of("--pairs"),
                List.of("--pairs", "many"),
                List.of("--in-flight", "101"),
                List.of("--url", "ftp://127.0.0.1"),
                List.of("--user-prefix", "Ada"),
                List.of("--faster"))) {
            assertThrows(Arguments.Mistake.class, () -> LoadOptions.parse(arguments, 1), arguments.toString());
            assertEquals(2, run(arguments).exitCode());
        }
    }

    @Test
    void another_machine_is_loaded_only_when_that_is_said() throws Arguments.Mistake {
        final var far = Stream.of("--url", "http://192.0.2.1:8080").toList();
        assertThrows(Arguments.Mistake.class, () -> LoadOptions.parse(far, 1));
        final var said =
                Stream.concat(far.stream(), Stream.of("--allow-remote")).toList();
        assertEquals("192.0.2.1", LoadOptions.parse(said, 1).url(0, 0).getHost());
    }

    @Test
    void the_two_of_a_pair_are_at_different_nodes_of_several() throws Arguments.Mistake {
        final var nodes = List.of("--url", "http://127.0.0.1:8081,http://127.0.0.1:8082,http://127.0.0.1:8083");
        final var options = LoadOptions.parse(nodes, 1);
        assertEquals(8081, options.url(0, 0).getPort());
        assertEquals(8082, options.url(0, 1).getPort());
        assertEquals(8083, options.url(2, 0).getPort());
        assertEquals(8081, options.url(2, 1).getPort());
        final var gap = List.of("--url", "http://127.0.0.1:8081,,http://127.0.0.1:8083");
        assertThrows(Arguments.Mistake.class, () -> LoadOptions.parse(gap, 1));
    }

    @Test
    void help_names_every_option_and_its_default() {
        final var help = run(List.of("--help"));
        assertEquals(0, help.exitCode());
        for (final var option : List.of(
                "--url",
                "--pairs",
                "--in-flight",
                "--seconds",
                "--warmup",
                "--drain",
                "--text-bytes",
                "--server-pid",
                "--seed",
                "--user-prefix",
                "--allow-remote")) {
            assertTrue(help.output().contains(option), option);
        }
    }
}
