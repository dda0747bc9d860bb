package io.parley.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.content.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How the REST door reads request bodies.
final class FieldsTest {
    @Test
    void a_request_body_is_read_member_by_member() throws FrameException {
        final var fields = StrictJson.object(
                "{\"user\":\"alice\",\"device\":{\"name\":\"Töpfchen\",\"id\":null},\"seq\":17,\"yes\":true,\"none\":null}"
                        .getBytes(StandardCharsets.UTF_8));
        assertEquals("alice", fields.requiredUserId("user").value());
        assertEquals("Töpfchen", fields.requiredObject("device").requiredString("name", 8));
        assertEquals(Optional.empty(), fields.requiredObject("device").optionalDeviceId("id"));
        assertEquals(OptionalLong.of(17), fields.optionalSeq("seq"));
        assertEquals(OptionalLong.empty(), fields.optionalSeq("none"));
        assertEquals(Optional.of(true), fields.optionalBoolean("yes"));
        assertEquals(Optional.empty(), fields.optionalString("none"));
        assertEquals(Optional.empty(), fields.optionalObject("none"));
        assertTrue(fields.has("user") && !fields.has("none") && !fields.has("else"));
    }

    @Test
    void refusals_name_the_member_and_what_to_give() throws FrameException {
        final var fields = StrictJson.object("{\"name\":\"abc\",\"n\":7,\"user\":\"Alice\"}");
        assertEquals("'password' is missing: give a string", refused(() -> fields.requiredString("password")));
        assertEquals("'n' is not as it should be: give a string", refused(() -> fields.requiredString("n")));
        assertEquals(
                "'name' is not as it should be: give a string of at most 2 characters",
                refused(() -> fields.optionalString("name", 2)));
        assertEquals("'name' is not as it should be: give an object", refused(() -> fields.requiredObject("name")));
        assertEquals("'n' is not as it should be: give true or false", refused(() -> fields.optionalBoolean("n")));
        assertEquals(
                "'user' is not as it should be: give a user id: 2 to 32 of a-z 0-9 . _ -, beginning with a letter or digit",
                refused(() -> fields.requiredUserId("user")));
    }

    @Test
    void bytes_that_are_not_utf_8_are_a_bad_frame() {
        for (final var bytes : new byte[][] {
            {'{', '"', (byte) 0xC3, '"', ':', '1', '}'},
            {'{', '"', (byte) 0xC0, (byte) 0x80, '"', ':', '1', '}'},
            {'{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '1', '}'},
            {(byte) 0xFE, (byte) 0xFF, 0, '{', 0, '}'},
            {0, '{', 0, '}'},
            {},
        }) {
            final var refused = assertThrows(FrameException.class, () -> StrictJson.object(bytes));
            assertEquals(ErrorCode.BAD_FRAME, refused.error().code());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"x\"", "true", "[1.0,null]", "{\"draft\":{\"a\":1e2}}"})
    void client_metadata_is_any_json_kept_as_it_is(final String json) throws FrameException {
        assertEquals(
                Optional.of(new JsonText(json)),
                StrictJson.object("{ \"client\" : " + json + " }").clientMetadata("client"));
    }

    @Test
    void client_metadata_ends_at_a_kibibyte() throws FrameException {
        StrictJson.object("{\"client\":\"" + "é".repeat(511) + "\"}").clientMetadata("client");
        final var longer = StrictJson.object("{\"client\":\"" + "é".repeat(511) + "x\"}");
        refused(() -> longer.clientMetadata("client"));
        final var broken = StrictJson.object("{\"client\":[\"\\ud800\"]}");
        refused(() -> broken.clientMetadata("client"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-24T08:15:30Z",
                "2026-11-24T08:15:30.25Z",
                "2026-11-24T08:15:30.2500Z",
                "2026-11-24T08:15:30.250+00:00",
                "2026-11-24T09:15:30.250+01",
                "2026-11-24t08:15:30.250z",
                "2026-11-24 08:15:30.250Z",
                "2026-02-30T08:15:30.250Z",
                "2026-11-24T24:00:00.000Z",
                "2026-11-24T23:59:60.000Z",
                "2026-11-24T08:15:30,250Z",
                "+026-11-24T08:15:30.250Z",
                "",
            })
    void a_time_has_exactly_one_form(final String time) throws FrameException {
        final var fields = StrictJson.object("{\"time\":\"" + time + "\"}");
        refused(() -> fields.requiredTime("time"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000-01-01T00:00:00.000Z",
                "1969-12-31T23:59:59.999Z",
                "1970-01-01T00:00:00.000Z",
                "2024-02-29T12:34:56.007Z",
                "9999-12-31T23:59:59.999Z"
            })
    void a_time_is_printed_as_it_is_read(final String time) throws FrameException {
        final var read = StrictJson.object("{\"time\":\"" + time + "\"}").requiredTime("time");
        assertEquals(Instant.parse(time), read);
        assertEquals("\"" + time + "\"", new JsonPrinter().value(read).toString());
    }

    @Test
    void a_printed_time_never_runs_ahead() {
        assertEquals(
                "\"1969-12-31T23:59:59.999Z\"",
                new JsonPrinter().value(Instant.ofEpochSecond(-1, 999_999_999)).toString());
    }

    private static String refused(final Question question) {
        final var error = assertThrows(FrameException.class, question::ask).error();
        assertEquals(ErrorCode.INVALID, error.code());
        return error.message();
    }

    private interface Question {
        void ask() throws FrameException;
    }
}
