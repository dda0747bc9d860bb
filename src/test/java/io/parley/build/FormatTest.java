package io.parley.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FormatTest {
    @Test
    void every_source_file_is_as_the_formatter_writes_it() throws IOException {
        final var wrong = new ArrayList<Path>();
        for (final var file : Format.sources()) {
            final var source = Files.readString(file);
            if (!Format.formatted(file, source).equals(source)) {
                wrong.add(file);
            }
        }
        assertEquals(List.of(), wrong, "run: mvn -q test-compile exec:exec@format");
    }
}
