package io.parley.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExamplesTest {
    private static final Pattern IN_PAGE =
            Pattern.compile("\\[`([a-z]+/[a-z.-]+)`]\\(protocol/([^)]+)\\)\n```json\n([^\n]*)\n```\n");

    static List<Example> clients() {
        return Example.fromClients();
    }

    static List<Example> servers() {
        return Example.fromServers();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void a_client_frame_is_printed_as_it_was_read(final Example example) throws FrameException {
        assertEquals(example.frame(), FrameCodec.print(FrameCodec.readClient(example.frame())));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void a_server_frame_is_printed_as_it_was_read(final Example example) throws FrameException {
        assertEquals(example.frame(), FrameCodec.print(FrameCodec.readServer(example.frame())));
    }

    @Test
    void every_frame_has_an_example_named_after_its_type() throws Exception {
        final var json = new ObjectMapper();
        for (final var example :
                Stream.concat(clients().stream(), servers().stream()).toList()) {
            final var type = json.readTree(example.frame()).get("type").asText();
            assertTrue(example.name().matches("[a-z]+/" + type + "(\\.[a-z-]+)?\\.json"), example.name());
        }
    }

    @Test
    void no_frame_is_without_an_example() throws FrameException {
        for (final var record : ClientFrame.class.getPermittedSubclasses()) {
            assertTrue(anyReads(clients(), record, FrameCodec::readClient), record + " has no example");
        }
        for (final var record : ServerFrame.class.getPermittedSubclasses()) {
            assertTrue(anyReads(servers(), record, FrameCodec::readServer), record + " has no example");
        }
    }

    @Test
    void the_page_shows_the_stored_examples_word_for_word() {
        final Map<String, String> stored = Stream.concat(clients().stream(), servers().stream())
                .collect(Collectors.toMap(Example::name, Example::frame));
        final Map<String, String> shown = IN_PAGE.matcher(Example.page())
                .results()
                .filter(match -> match.group(1).equals(match.group(2)))
                .collect(Collectors.toMap(match -> match.group(1), match -> match.group(3)));
        assertEquals(stored, shown);
    }

    @Test
    void the_page_names_every_error_code_close_code_and_limit() {
        final var page = Example.page();
        for (final var code : ErrorCode.values()) {
            assertTrue(page.contains("| `" + code.wire() + "` | " + code.httpStatus() + " |"), code.wire());
        }
        for (final var code : CloseCode.values()) {
            assertTrue(page.contains("| " + code.code() + " |"), code.name());
        }
        Arrays.stream(Limits.class.getRecordComponents())
                .forEach(limit -> assertTrue(page.contains("| `" + limit.getName() + "` | " + valueOf(limit) + " |")));
    }

    private static Object valueOf(final RecordComponent limit) {
        try {
            return limit.getAccessor().invoke(Limits.V1);
        } catch (final ReflectiveOperationException impossible) {
            throw new LinkageError("a record without its accessor", impossible);
        }
    }

    private static <F> boolean anyReads(final List<Example> examples, final Class<?> record, final Reader<F> reader)
            throws FrameException {
        for (final var example : examples) {
            if (record.isInstance(reader.read(example.frame()))) {
                return true;
            }
        }
        return false;
    }

    private interface Reader<F> {
        F read(String text) throws FrameException;
    }
}
