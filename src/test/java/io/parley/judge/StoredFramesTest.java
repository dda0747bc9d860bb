package io.parley.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The stored example of each frame, which the codec's tests read and print back, is also what the contract
/// says.
final class StoredFramesTest {
    private static final Path EXAMPLES = Path.of("docs", "protocol");

    private final FrameJudge judge = new FrameJudge();

    @Test
    void every_stored_client_frame_is_in_the_contract_and_every_type_has_one() throws IOException {
        for (final var file : examples("client")) {
            assertEquals(List.of(), judge.clientFrame(compact(file)), file.toString());
        }
        assertEquals(Set.of(), judge.clientFramesNeverSeen());
    }

    @Test
    void every_stored_server_frame_is_in_the_contract_and_every_type_has_one() throws IOException {
        for (final var file : examples("server")) {
            assertEquals(List.of(), judge.serverFrame(compact(file)), file.toString());
        }
        assertEquals(Set.of(), judge.serverFramesNeverSeen());
    }

    private static List<Path> examples(final String side) throws IOException {
        try (var files = Files.list(EXAMPLES.resolve(side))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    /// A file may be laid out for reading; on the wire a frame is compact.
    private static String compact(final Path file) throws IOException {
        final JsonNode frame = Contract.JSON.readTree(Files.readString(file));
        return frame.toString();
    }
}
