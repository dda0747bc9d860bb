package io.parley.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class CountedTest {
    private static final Pattern CALL = Pattern.compile("\\bcount\\(([^;]*?)\\);");
    private static final Pattern NAME = Pattern.compile("\"([a-z]+_[a-z_]*)\"");

    @Test
    void every_name_that_the_code_counts_has_its_place_among_the_metrics() throws IOException {
        final var names = new TreeSet<String>();
        try (var files = Files.walk(Path.of("src", "main", "java"))) {
            for (final var file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                CALL.matcher(Files.readString(file))
                        .results()
                        .forEach(call ->
                                NAME.matcher(call.group(1)).results().forEach(name -> names.add(name.group(1))));
            }
        }
        assertTrue(names.size() > 15, "the names are found: " + names);
        names.removeIf(name -> Counted.placeOf(name).isPresent());
        assertEquals(new TreeSet<>(), names, "say in Counted and docs/operations.md what these are");
    }

    @Test
    void each_place_has_a_value_for_each_label() {
        for (final var place : Counted.all()) {
            assertEquals(place.metric().labels().size(), place.labelValues().size(), place.toString());
        }
    }
}
