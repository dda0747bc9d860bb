package io.parley.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the page of the model names in the code is there.
final class ModelNamesTest {
    private static final Pattern METHOD = Pattern.compile("`([A-Z]\\w+)\\.([a-z]\\w+)`");
    private static final List<String> PACKAGES = List.of("conversation", "user", "session");

    @Test
    void every_method_that_a_step_of_the_model_leads_to_exists() throws IOException {
        final var named = METHOD.matcher(Files.readString(Path.of("docs", "model", "README.md")))
                .results()
                .toList();
        final var missing = new ArrayList<String>();
        for (final var each : named) {
            if (!exists(each.group(1), each.group(2))) {
                missing.add(each.group());
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(named.size() > 20, "the names are found");
    }

    private static boolean exists(final String type, final String method) throws IOException {
        for (final var each : PACKAGES) {
            final var file = Path.of("src", "main", "java", "io", "parley", each, type + ".java");
            if (Files.exists(file)
                    && Pattern.compile("^    .*\\w[>\\]]? " + method + "\\(", Pattern.MULTILINE)
                            .matcher(Files.readString(file))
                            .find()) {
                return true;
            }
        }
        return false;
    }
}
