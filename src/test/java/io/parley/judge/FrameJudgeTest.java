package io.parley.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameJudgeTest {
    private static final FrameJudge JUDGE = new FrameJudge();
    private static final String MESSAGE = """
            {"type":"message","conversation":"alice~bob","seq":17,"id":"m-1","from":"alice","device":"9f86d081884c7d65",\
            "time":"2026-11-24T09:30:00.125Z","body":{"type":"text","text":"hi"}}""";

    @Test
    void it_knows_every_frame_in_both_directions() {
        assertEquals(
                Set.of(
                        "hello",
                        "heartbeat",
                        "send",
                        "delivered",
                        "read",
                        "pull",
                        "receipts",
                        "typing",
                        "watch",
                        "unwatch"),
                JUDGE.clientTypes());
        assertEquals(
                Set.of(
                        "welcome",
                        "message",
                        "keys",
                        "key-packages",
                        "caught-up",
                        "sent",
                        "receipt",
                        "receipts-end",
                        "page",
                        "presence",
                        "typing",
                        "heartbeat",
                        "error",
                        "bye"),
                JUDGE.serverTypes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"heartbeat\"}",
                "{ \"ref\": null, \"type\": \"heartbeat\", \"battery\": 80 }",
                "{\"type\":\"send\",\"id\":\"m-1\",\"to\":\"bob\",\"conversation\":null,\"body\":{\"type\":\"text\",\"text\":\"hi\",\"mood\":1.5}}",
                "{\"type\":\"send\",\"id\":\"m-1\",\"conversation\":\"alice~bob\",\"body\":{\"type\":\"text\",\"text\":\" x \"},\"after\":0}",
                "{\"type\":\"pull\",\"conversation\":\"alice~alice\",\"after\":9007199254740991,\"before\":null}"
            })
    void a_client_may_add_members_leave_out_what_is_optional_or_say_null(final String frame) {
        assertEquals(List.of(), JUDGE.clientFrame(frame));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"type\":\"heartbeat\"} {}",
                "{\"type\":\"heartbeat\",\"type\":\"heartbeat\"}",
                "{\"type\":\"welcome\"}",
                "{\"type\":\"hello\"}",
                "{\"type\":\"hello\",\"token\":\"\"}",
                "{\"type\":\"delivered\",\"conversation\":\"alice~bob\",\"seq\":0}",
                "{\"type\":\"delivered\",\"conversation\":\"alice~bob\",\"seq\":1.0}",
                "{\"type\":\"read\",\"conversation\":\"alice~bob\",\"seq\":9007199254740992}",
                "{\"type\":\"read\",\"conversation\":\"Alice~bob\",\"seq\":1}",
                "{\"type\":\"typing\",\"conversation\":\"g.1\"}",
                "{\"type\":\"pull\",\"conversation\":\"alice~bob\",\"limit\":201}",
                "{\"type\":\"pull\",\"conversation\":\"alice~bob\",\"after\":1,\"before\":2}",
                "{\"type\":\"send\",\"id\":\"m 1\",\"to\":\"bob\",\"body\":{\"type\":\"text\",\"text\":\"hi\"}}",
                "{\"type\":\"send\",\"id\":\"m-1\",\"body\":{\"type\":\"text\",\"text\":\"hi\"}}",
                "{\"type\":\"send\",\"id\":\"m-1\",\"to\":\"bob\",\"conversation\":\"alice~bob\",\"body\":{\"type\":\"text\",\"text\":\"hi\"}}",
                "{\"type\":\"send\",\"id\":\"m-1\",\"to\":\"bob\",\"body\":{\"type\":\"text\",\"text\":\" \\n\"}}",
                "{\"type\":\"send\",\"id\":\"m-1\",\"to\":\"bob\",\"body\":{\"type\":\"text\",\"text\":\"a\\u0000b\"}}",
                "{\"type\":\"send\",\"id\":\"m-1\",\"to\":\"bob\",\"body\":{\"type\":\"dance\",\"text\":\"hi\"}}",
                "{\"type\":\"watch\",\"users\":\"bob\"}"
            })
    void a_damaged_client_frame_is_found(final String frame) {
        assertFalse(JUDGE.clientFrame(frame).isEmpty(), frame);
    }

    @Test
    void limits_count_code_points_bytes_and_entries() {
        final var send =
                "{\"type\":\"send\",\"id\":\"m-1\",\"to\":\"bob\",\"body\":{\"type\":\"text\",\"text\":\"%s\"%s}}";
        assertEquals(List.of(), JUDGE.clientFrame(send.formatted("😀".repeat(4_096), "")));
        assertFalse(JUDGE.clientFrame(send.formatted("😀".repeat(4_097), "")).isEmpty());
        final var rest = 32_768 - "{\"type\":\"text\",\"text\":\"a\",\"x\":\"\"}".length();
        assertEquals(List.of(), JUDGE.clientFrame(send.formatted("a", ",\"x\":\"" + "x".repeat(rest) + "\"")));
        assertFalse(JUDGE.clientFrame(send.formatted("a", ",\"x\":\"" + "x".repeat(rest + 1) + "\""))
                .isEmpty());
        final var watch = "{\"type\":\"watch\",\"users\":[\"bob\"%s]}";
        assertEquals(List.of(), JUDGE.clientFrame(watch.formatted(",\"bob\"".repeat(199))));
        assertFalse(JUDGE.clientFrame(watch.formatted(",\"bob\"".repeat(200))).isEmpty());
        assertFalse(JUDGE.clientFrame("{\"type\":\"heartbeat\",\"x\":\"" + "x".repeat(65_536) + "\"}")
                .isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"hello\",\"token\":\"x\"}",
                "{\"type\":\"caught-up\",\"at\":1}",
                "{\"type\":\"caught-up\", \"ref\":\"r\"}",
                "{\"type\": \"caught-up\"}",
                "{\"seq\":17,\"type\":\"sent\",\"id\":\"m\",\"conversation\":\"alice~bob\",\"time\":\"2026-11-24T09:30:00.125Z\"}",
                "{\"type\":\"sent\",\"id\":\"m\",\"conversation\":\"bob\",\"seq\":17,\"time\":\"2026-11-24T09:30:00.125Z\"}",
                "{\"type\":\"sent\",\"id\":\"m\",\"conversation\":\"alice~bob\",\"seq\":17,\"time\":\"2026-11-24T09:30:00Z\"}",
                "{\"type\":\"sent\",\"id\":\"m\",\"conversation\":\"alice~bob\",\"seq\":17,\"time\":\"2026-02-30T09:30:00.125Z\"}",
                "{\"type\":\"sent\",\"id\":\"m\",\"conversation\":\"alice~bob\",\"seq\":17}",
                "{\"type\":\"sent\",\"id\":\"m\",\"conversation\":\"alice~bob\",\"seq\":1.7e1,\"time\":\"2026-11-24T09:30:00.125Z\"}",
                "{\"type\":\"receipt\",\"conversation\":\"alice~bob\",\"user\":\"bob\",\"delivered\":-1,\"read\":0}",
                "{\"type\":\"receipt\",\"conversation\":\"alice~bob\",\"user\":\"bob\",\"delivered\":1,\"read\":0,\"not\":[]}",
                "{\"type\":\"receipt\",\"conversation\":\"alice~bob\",\"user\":\"bob\",\"delivered\":1,\"read\":0,\"not\":[[1]]}",
                "{\"type\":\"presence\",\"user\":\"bob\",\"lastSeen\":\"2026-11-24T09:30:00.125Z\"}",
                "{\"type\":\"presence\",\"user\":\"bob\",\"online\":null}",
                "{\"type\":\"error\",\"code\":\"sorry\",\"message\":\"no\"}",
                "{\"type\":\"error\",\"code\":\"invalid\"}",
                "{\"type\":\"bye\",\"reason\":\"the node is draining\"}"
            })
    void a_damaged_server_frame_is_found(final String frame) {
        assertFalse(JUDGE.serverFrame(frame).isEmpty(), frame);
    }

    @Test
    void an_entry_tells_all_of_a_text_and_nothing_of_what_is_withheld() {
        assertEquals(List.of(), JUDGE.serverFrame(MESSAGE));
        for (final var member : List.of("id", "from", "device", "time")) {
            assertFalse(
                    JUDGE.serverFrame(MESSAGE.replaceFirst("\"" + member + "\":\"[^\"]*\",", ""))
                            .isEmpty(),
                    member);
        }
        final var withheld =
                "{\"type\":\"message\",\"conversation\":\"alice~bob\",\"seq\":18,%s\"body\":{\"type\":\"withheld\"%s}}";
        assertEquals(List.of(), JUDGE.serverFrame(withheld.formatted("", "")));
        assertFalse(
                JUDGE.serverFrame(withheld.formatted("\"from\":\"bob\",", "")).isEmpty());
        assertFalse(
                JUDGE.serverFrame(withheld.formatted("", ",\"text\":\"psst\"")).isEmpty());
    }

    @Test
    void it_counts_what_was_fine_and_names_what_was_never_seen() {
        final var judge = new FrameJudge();
        judge.judgeClientFrameOrThrow("{\"type\":\"heartbeat\"}");
        judge.judgeClientFrameOrThrow("{\"type\":\"heartbeat\"}");
        assertFalse(judge.clientFrame("{\"type\":\"hello\"}").isEmpty());
        judge.judgeServerFrameOrThrow("{\"type\":\"error\",\"code\":\"invalid\",\"message\":\"no\"}");
        assertEquals(2L, judge.clientFramesSeen().get("heartbeat"));
        assertTrue(judge.clientFramesNeverSeen().contains("hello"));
        assertFalse(judge.clientFramesNeverSeen().contains("heartbeat"));
        assertTrue(judge.serverFramesNeverSeen().contains("heartbeat"), "the server's is another");
        assertFalse(judge.errorCodesNeverSeen().contains("invalid"));
        assertEquals(List.of(), judge.serverClose(4401));
        assertFalse(judge.serverClose(4000).isEmpty());
        assertFalse(judge.closeCodesNeverSeen().contains("4401"));
        assertThrows(AssertionError.class, () -> judge.judgeServerFrameOrThrow("{\"type\":\"caught-up\",\"at\":1}"));
    }

    @Test
    void one_judge_serves_many_threads() {
        final var judge = new FrameJudge();
        final var wrong = IntStream.range(0, 5_000)
                .parallel()
                .filter(i -> !judge.serverFrame(MESSAGE).isEmpty())
                .count();
        assertEquals(0, wrong);
        assertEquals(5_000L, judge.serverFramesSeen().get("message"));
    }
}
