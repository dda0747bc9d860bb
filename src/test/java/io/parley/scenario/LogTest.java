package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What a node writes to its log.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class LogTest {
    private static final String SECRET = "xyzzyplugh"; // in no other word

    @Test
    void what_people_write_is_not_in_the_log_even_at_debug(@TempDir final Path data) {
        final var everything = "-Dlogback.configurationFile="
                + Path.of("src", "test", "resources", "log", "everything.xml").toAbsolutePath()
                + " -Dpekko.loglevel=DEBUG -Dpekko.actor.debug.unhandled=on -Dpekko.log-dead-letters=on";
        final var tokens = new ArrayList<String>();
        final String output;
        try (var node = NodeProcess.start(data, Map.of("JAVA_TOOL_OPTIONS", everything));
                var world = new World(node)) {
            final var ada = world.person("ada");
            final var bo = world.person("bo");
            ada.sends("one " + SECRET, bo);
            bo.sees("one " + SECRET);
            bo.acknowledges(World.between(ada, bo), 1);
            final var nobody = Device.frame("send").put("id", "m2").put("to", "nobody-of-this-name");
            nobody.putObject("body").put("type", "text").put("text", "two " + SECRET);
            assertEquals("unknown-user", ada.asks(nobody).path("code").asText());
            final var message = "{\"to\":\"" + bo.user() + "\",\"id\":\"m3\",\"body\":";
            for (final var wrong : List.of(
                    message + "{\"type\":\"" + SECRET + "\",\"text\":\"three\"}}",
                    message + "{\"type\":\"text\",\"text\":\"three " + SECRET)) { // what a parser stumbles over
                assertEquals(400, posted(node, ada.token(), wrong));
            }
            final var byRest = World.json().put("to", bo.user()).put("id", "m4");
            byRest.putObject("body").put("type", "text").put("text", "four " + SECRET);
            world.rest().post("/v1/messages", ada.token(), byRest).expect(201);
            bo.sees("four " + SECRET);
            try (var _ = StoreLock.take(data)) { // what cannot be stored is what a log likes to speak of
                ada.asks(Device.message("m5", "five " + SECRET, bo));
            }
            world.rest().post("/v1/login", "", World.loginBody(SECRET + ada.user(), "a phone"));
            tokens.add(ada.token());
            tokens.add(bo.token());
            node.terminate();
            output = node.output();
        }
        assertTrue(output.contains("DEBUG io.parley") || output.contains("DEBUG org.apache.pekko"), "it says much");
        assertTrue(output.lines().count() > 200, "it says much");
        for (final var text : List.of("one ", "two ", "three ", "four ", "five ")) {
            assertFalse(output.contains(text + SECRET), () -> around(output, text + SECRET));
        }
        assertFalse(output.contains("\"" + SECRET + "\""), () -> around(output, "\"" + SECRET + "\""));
        assertFalse(output.contains(World.PASSWORD), () -> around(output, World.PASSWORD));
        tokens.forEach(token -> assertFalse(output.contains(token), "a token"));
    }

    /// Past the judges, who let nothing wrong out.
    private static int posted(final NodeProcess node, final String token, final String body) {
        final var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/v1/messages"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("stopped", stopped);
        }
    }

    private static String around(final String output, final String found) {
        final int at = output.indexOf(found);
        return output.substring(Math.max(0, at - 600), Math.min(output.length(), at + 200));
    }

    @Test
    void as_json_each_line_is_an_object_with_its_level_and_its_sentence(@TempDir final Path data) throws IOException {
        final String output;
        try (var node = NodeProcess.start(data, Map.of("PARLEY_LOG", "json", "PARLEY_RATE_LIMITS", "off"))) {
            node.terminate();
            output = node.output();
        }
        final var sentences = new ArrayList<String>();
        for (final var line : output.lines().toList()) {
            final JsonNode json = new ObjectMapper().readTree(line);
            assertTrue(json.isObject(), line);
            assertTrue(json.path("timestamp").isIntegralNumber(), line);
            assertTrue(
                    List.of("INFO", "WARN", "ERROR").contains(json.path("level").asText()), line);
            assertTrue(
                    json.path("loggerName").isTextual()
                            && json.path("threadName").isTextual(),
                    line);
            sentences.add(json.path("formattedMessage").asText());
        }
        assertTrue(sentences.stream().anyMatch(each -> each.startsWith("Parley runs at ")), output);
        assertTrue(sentences.stream().anyMatch(each -> each.startsWith("rate limits are off")), output);
    }

    @Test
    void a_way_to_log_that_there_is_not_is_refused(@TempDir final Path data) {
        try (var node = NodeProcess.begin(data, Map.of("PARLEY_LOG", "xml"))) {
            assertEquals(2, node.awaitEnd(Duration.ofSeconds(60)));
            assertTrue(node.output().contains("parley.log is text or json, not xml"), node.output());
        }
    }
}
