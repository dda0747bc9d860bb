package io.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.protocol.JsonPrinter;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PrintableTest {
    @Test
    void what_steers_a_terminal_is_shown_instead_of_obeyed() {
        assertEquals("␛[31mred␛[0m", Printable.of("\u001b[31mred\u001b[0m"));
        assertEquals("␛]0;title␇", Printable.of("\u001b]0;title\u0007"));
        assertEquals("<U+009B>2J", Printable.of("\u009b2J"));
        assertEquals("a␈b␡c␍d", Printable.of("a\bb\u007fc\rd"));
        assertEquals("␀", Printable.of("\0"));
    }

    @Test
    void what_turns_text_around_or_hides_in_it_is_shown() {
        assertEquals("<U+202E>gnp.exe", Printable.of("\u202egnp.exe"));
        assertEquals("a<U+2066>b<U+2069>c<U+200F>", Printable.of("a\u2066b\u2069c\u200f"));
        assertEquals("<U+FEFF><U+200B><U+00AD>", Printable.of("\ufeff\u200b\u00ad"));
        assertEquals("<U+E0041>", Printable.of(Character.toString(0xe0041)));
        assertEquals("x<U+D800>y", Printable.of("x\ud800y"));
    }

    @Test
    void whatever_people_write_stays_as_it_is() {
        final var text = "Grüße 👋 👩‍👩‍👧 – naïve — 日本語 שלום مرحبا می‌خواهم";
        assertEquals(text, Printable.of(text));
    }

    @Test
    void every_kind_of_line_end_ends_a_line() {
        assertEquals(List.of("a", "b", "c", "d", "e", "f", ""), Printable.lines("a\nb\r\nc\rd\u0085e\u2028f\u2029"));
        assertEquals(List.of("one"), Printable.lines("one"));
        assertEquals(List.of(""), Printable.lines(""));
    }

    @Test
    void json_means_the_same_without_what_a_terminal_might_obey() throws IOException {
        final var text = "\u009b2J \u007f \u202e \u2028 \ud83d\udc4b \u001b \"quoted\" " + Character.toString(0xe0041);
        final var json = new JsonPrinter().object().member("text", text).end().toString();
        final var safe = Printable.json(json);
        assertTrue(safe.codePoints()
                .noneMatch(c -> c < ' ' || (c >= 0x7f && c <= 0x9f) || c == 0x202e || c == 0x2028 || c == 0xe0041));
        assertEquals(text, new JsonMapper().readTree(safe).path("text").asText());
    }

    @Test
    void nothing_harmful_comes_out_whatever_goes_in() {
        for (int c = 0; c <= 0xffff; c++) {
            final var out = Printable.of("a" + Character.toString(c) + "b");
            final var code = c;
            assertTrue(
                    out.codePoints().noneMatch(each -> each < ' ' || (each >= 0x7f && each <= 0x9f)),
                    () -> "U+" + Integer.toHexString(code));
        }
    }
}
