package io.parley.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The page at `/docs/` that shows the OpenAPI: it must work under a Content-Security-Policy of its own origin
/// only.
final class DocsPageTest {
    private static final Pattern ADDRESS = Pattern.compile("(?:src|href)=\"([^\"]*)\"");
    private static final Pattern INLINE =
            Pattern.compile("<script(?![^>]* src=)|<style|\\sstyle=|\\son[a-z]+=|javascript:");

    @Test
    void it_loads_only_from_its_own_origin_by_relative_addresses() throws IOException {
        final var addresses = new TreeSet<String>();
        final var matcher = ADDRESS.matcher(text("/api/docs.html"));
        while (matcher.find()) {
            addresses.add(matcher.group(1));
        }
        assertEquals(
                Set.of(
                        "data:,",
                        "docs.css",
                        "docs.js",
                        "ui/swagger-ui.css",
                        "ui/swagger-ui-bundle.js",
                        "../v1/openapi.json",
                        "../v1/asyncapi.json"),
                addresses);
        assertFalse(text("/api/docs.css").contains("url("));
    }

    @Test
    void it_has_no_inline_script_or_style() throws IOException {
        assertFalse(INLINE.matcher(text("/api/docs.html")).find());
    }

    @Test
    void what_it_loads_is_on_the_class_path() throws IOException {
        final var version = new Properties();
        version.load(new java.io.StringReader(text("/META-INF/maven/org.webjars/swagger-ui/pom.properties")));
        final var webjar = "/META-INF/resources/webjars/swagger-ui/" + version.getProperty("version") + "/";
        assertFalse(text(webjar + "swagger-ui.css").isEmpty());
        assertFalse(text(webjar + "swagger-ui-bundle.js").isEmpty());
    }

    private static String text(final String resource) throws IOException {
        try (var in = DocsPageTest.class.getResourceAsStream(resource)) {
            assertNotNull(in, resource);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
