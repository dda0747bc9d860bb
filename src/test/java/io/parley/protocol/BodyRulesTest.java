package io.parley.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.content.Body;
import io.parley.content.JsonText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BodyRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'text','text':'hi'}",
                "{'text':'hi','type':'text'}",
                "{'type':'text','text':'hi','numbers':[1.0,1.10,-0,-0.0,1e5,1E+400,123456789012345678901234567890]}",
                "{'type':'text','text':'hi','nothing':null,'yes':true,'no':false,'':{'':[[],{}]}}",
                "{'type':'text','text':'\\\"\\\\\\b\\f\\n\\r\\t\\u0001/\u007f\u2028👋ß'}",
                "{'type':'text','text':'\u200b'}",
                "{'type':'text','text':'hi','x\\u0000y':'\\u0000'}",
                "{'type':'text','text':'hi','inner':{'type':17,'text':null}}",
            })
    void a_body_is_kept_as_it_is(final String spelt) throws FrameException {
        final var json = spelt.replace('\'', '"');
        assertEquals(new Body("text", new JsonText(json)), sent(json));
    }

    @Test
    void only_white_space_and_needless_escapes_go() throws FrameException {
        assertEquals(
                "{\"type\":\"text\",\"text\":\" h/é \",\"n\":[1.0,{}]}",
                sent(" { \"type\" : \"t\\u0065xt\",\n\t\"text\": \" h\\/\\u00e9 \" , \"n\" : [ 1.0 , { } ] } ")
                        .json()
                        .value());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'text':'hi'}",
                "{'type':null,'text':'hi'}",
                "{'type':17,'text':'hi'}",
                "{'type':['text'],'text':'hi'}",
                "{'inner':{'type':'text','text':'hi'}}",
                "{'type':'media'}",
                "{'type':'withheld'}",
                "{'type':'Text','text':'hi'}",
                "{'type':'text'}",
                "{'type':'text','text':null}",
                "{'type':'text','text':17}",
                "{'type':'text','text':['hi']}",
                "{'type':'text','text':''}",
                "{'type':'text','text':' '}",
                "{'type':'text','text':'\\t\\n\\r \\u0085\\u00a0\\u1680\\u2003\\u2028\\u2029\\u202f\\u205f\\u3000'}",
                "{'type':'text','text':'a\\u0000b'}",
                "{'type':'text','text':'\\ud800'}",
                "{'type':'text','text':'\\udc00'}",
                "{'type':'text','text':'a\\ud83d b'}",
                "{'type':'text','text':'\\udc4b\\ud83d'}",
                "{'type':'text','text':'hi','x':'\\ud800'}",
                "{'type':'text','text':'hi','x':[{'y':'\\udfff'}]}",
                "{'type':'text','text':'hi','\\ud800':1}",
                "{'type':'text','text':'hi','x':{'\\ud800':1}}",
            })
    void what_may_not_be_said_is_invalid(final String body) {
        assertEquals(ErrorCode.INVALID, refused(body.replace('\'', '"')));
    }

    @Test
    void a_text_is_measured_in_code_points() throws FrameException {
        sent(text("a".repeat(4_096)));
        sent(text("👋".repeat(4_096)));
        sent(text("\\ud83d\\udc4b".repeat(4_096)));
        assertEquals(ErrorCode.INVALID, refused(text("a".repeat(4_097))));
        assertEquals(ErrorCode.INVALID, refused(text("👋".repeat(4_097))));
    }

    @Test
    void a_body_is_measured_in_bytes_of_compact_utf_8() throws FrameException {
        final int rest = "{\"type\":\"text\",\"text\":\"a\",\"x\":\"\"}".length();
        sent(padded("x".repeat(32_768 - rest)));
        assertEquals(ErrorCode.TOO_LARGE, refused(padded("x".repeat(32_769 - rest))));
        sent(padded("é".repeat((32_768 - rest) / 2)));
        assertEquals(ErrorCode.TOO_LARGE, refused(padded("é".repeat((32_768 - rest) / 2 + 1))));
        sent(padded("€".repeat((32_768 - rest) / 3)));
        assertEquals(ErrorCode.TOO_LARGE, refused(padded("€".repeat((32_768 - rest) / 3 + 1))));
        sent(padded("👋".repeat((32_768 - rest) / 4)));
        assertEquals(ErrorCode.TOO_LARGE, refused(padded("👋".repeat((32_768 - rest) / 4 + 1))));
        sent(padded("x") + " ".repeat(40_000)); // white space between tokens is not the body's
        assertEquals(ErrorCode.TOO_LARGE, refused(text("a".repeat(40_000))));
    }

    @Test
    void a_client_builds_its_text_by_the_same_rules() throws FrameException {
        assertEquals(sent("{\"type\":\"text\",\"text\":\"say \\\"hi\\\"\"}"), BodyRules.text("say \"hi\""));
        assertThrows(FrameException.class, () -> BodyRules.text(" "));
    }

    @Test
    void both_doors_judge_alike() throws FrameException {
        final var body = "{\"type\":\"text\",\"text\":\"hi\",\"n\":1.0}";
        assertEquals(
                sent(body),
                StrictJson.object("{\"body\":" + body + "}").requiredContent().body());
        assertEquals(
                ErrorCode.INVALID,
                assertThrows(
                                FrameException.class,
                                () -> StrictJson.object("{\"body\":{\"type\":\"media\"}}")
                                        .requiredContent())
                        .error()
                        .code());
    }

    @Test
    void a_body_a_client_does_not_know_is_read_from_a_server() throws FrameException {
        final var frame =
                "{\"type\":\"message\",\"conversation\":\"alice~bob\",\"seq\":1,\"body\":{\"type\":\"hologram\",\"x\":[1.0]}}";
        assertEquals(frame, FrameCodec.print(FrameCodec.readServer(frame)));
    }

    private static Body sent(final String body) throws FrameException {
        final var frame =
                FrameCodec.readClient("{\"type\":\"send\",\"id\":\"a\",\"to\":\"bob\",\"body\":" + body + "}");
        return ((ClientFrame.Send) frame).body();
    }

    private static ErrorCode refused(final String body) {
        return assertThrows(FrameException.class, () -> sent(body), body)
                .error()
                .code();
    }

    private static String text(final String text) {
        return "{\"type\":\"text\",\"text\":\"" + text + "\"}";
    }

    private static String padded(final String padding) {
        return "{\"type\":\"text\",\"text\":\"a\",\"x\":\"" + padding + "\"}";
    }
}
