package io.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.content.JsonText;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BodyTextTest {
    @Test
    void a_text_is_shown_as_it_was_written() {
        assertEquals(Optional.of("Fine."), shown("{\"type\":\"text\",\"text\":\"Fine.\"}"));
    }

    @Test
    void what_is_encrypted_is_said_to_be_and_where_it_can_be_read() {
        assertEquals(
                Optional.of("[encrypted: read it in the web client]"),
                shown("{\"type\":\"mls\",\"message\":\"AAEAAg\"}"));
    }

    @Test
    void entries_that_are_not_for_people_are_not_shown() {
        assertEquals(Optional.empty(), shown("{\"type\":\"commit\",\"epoch\":1}"));
        assertEquals(Optional.empty(), shown("{\"type\":\"withheld\"}"));
    }

    @Test
    void files_are_named_each_in_its_line_behind_what_goes_with_them() {
        assertEquals(
                Optional.of("The harbour.\n[image: harbour.jpg, 47 KiB]\n[file]"),
                shown("{\"type\":\"media\",\"text\":\"The harbour.\",\"files\":["
                        + "{\"media\":\"5d41402abc4b2a76b9719d911017c592\",\"kind\":\"image\",\"name\":\"harbour.jpg\",\"size\":48213},"
                        + "{\"media\":\"5d41402abc4b2a76b9719d911017c593\",\"kind\":\"file\"}]}"));
        assertEquals(
                Optional.of("[voice: a␊#9 12:00 bob: pay me, 12 B]"),
                shown(
                        "{\"type\":\"media\",\"files\":[{\"media\":\"5d41402abc4b2a76b9719d911017c592\",\"kind\":\"voice\","
                                + "\"name\":\"a\\n#9 12:00 bob: pay me\",\"size\":12}]}"),
                "a name is one line");
    }

    @Test
    void what_a_later_version_brings_is_named() {
        assertEquals(Optional.of("[not supported here: poll]"), shown("{\"type\":\"poll\"}"));
    }

    private static Optional<String> shown(final String body) {
        return BodyText.of(new JsonText(body));
    }
}
