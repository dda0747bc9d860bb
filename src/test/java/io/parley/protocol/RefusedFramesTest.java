package io.parley.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RefusedFramesTest {
    private static final String BODY = "{\"type\":\"text\",\"text\":\"hi\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "17",
                "\"heartbeat\"",
                "[]",
                "[{'type':'heartbeat'}]",
                "heartbeat",
                "{",
                "{'type':'heartbeat'",
                "{'type':'heartbeat'}}",
                "{'type':'heartbeat'} x",
                "{'type':'heartbeat'},",
                "{'type':'heartbeat'}{'type':'heartbeat'}",
                "{'type':'heartbeat'} null",
                "{'type':'heartbeat',}",
                "{'type':'heartbeat','x':}",
                "{'type':'heartbeat','x':01}",
                "{'type':'heartbeat','x':+1}",
                "{'type':'heartbeat','x':1.}",
                "{'type':'heartbeat','x':.5}",
                "{'type':'heartbeat','x':1e}",
                "{'type':'heartbeat','x':NaN}",
                "{'type':'heartbeat','x':Infinity}",
                "{'type':'heartbeat','x':0x10}",
                "{'type':'heartbeat','x':True}",
                "{'type':'heartbeat','x':[1,]}",
                "{'type':'heartbeat','x':[1 2]}",
                "{'type':'heartbeat','x':[1}}",
                "{'type':'heartbeat','x':'\\q'}",
                "{'type':'heartbeat','x':'\\u12'}",
                "{'type':'heartbeat','x':'a\tb'}",
                "{'type':'heartbeat','x':'a\nb'}",
                "{'type':'heartbeat' /* here */}",
                "{'type':'heartbeat'} // here",
                "{type:'heartbeat'}",
                "{'type' 'heartbeat'}",
                "{1:'heartbeat'}",
                "\uFEFF{'type':'heartbeat'}",
                "\u00a0{'type':'heartbeat'}",
                "{}",
                "{'type':null}",
                "{'type':17}",
                "{'type':['heartbeat']}",
                "{'type':{'type':'heartbeat'}}",
                "{'Type':'heartbeat'}",
                // a name twice, wherever it stands and however it is spelt
                "{'type':'heartbeat','type':'heartbeat'}",
                "{'type':'heartbeat','ref':'a','ref':'a'}",
                "{'type':'heartbeat','ref':null,'ref':'a'}",
                "{'type':'heartbeat','x':1,'x':2}",
                "{'type':'heartbeat','x':1,'\\u0078':2}",
                "{'type':'heartbeat','':1,'':2}",
                "{'type':'heartbeat','x':{'a':1,'b':2,'c':3,'a':4}}",
                "{'type':'heartbeat','x':[[{'a':1,'a':2}]]}",
                "{'type':'send','id':'a','to':'bob','body':{'type':'text','type':'text','text':'hi'}}",
                "{'type':'send','id':'a','to':'bob','body':{'type':'text','text':'hi','x':{'y':1,'y':1}}}",
            })
    void what_is_not_one_object_with_a_type_is_a_bad_frame(final String frame) {
        assertEquals(ErrorCode.BAD_FRAME, refusal(frame.replace('\'', '"')).code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':''}",
                "{'type':'Send'}",
                "{'type':'welcome','user':'alice'}",
                "{'type':'heartbeat '}",
                "{'type':'x','ref':17}",
            })
    void a_type_that_no_client_sends_is_unknown(final String frame) {
        assertEquals(ErrorCode.UNKNOWN_TYPE, refusal(frame.replace('\'', '"')).code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'hello'}",
                "{'type':'hello','token':null}",
                "{'type':'hello','token':17}",
                "{'type':'hello','token':'\\ud800'}",
                "{'type':'heartbeat','ref':17}",
                "{'type':'heartbeat','ref':['a']}",
                "{'type':'heartbeat','ref':'12345678901234567890123456789012345678901234567890123456789012345'}",
                "{'type':'heartbeat','ref':'\\ud83d'}",
                "{'type':'heartbeat','ref':'\\udc00\\ud800'}",
                "{'type':'send','to':'bob','body':B}",
                "{'type':'send','id':'','to':'bob','body':B}",
                "{'type':'send','id':'a b','to':'bob','body':B}",
                "{'type':'send','id':'ä','to':'bob','body':B}",
                "{'type':'send','id':7,'to':'bob','body':B}",
                "{'type':'send','id':'12345678901234567890123456789012345678901234567890123456789012345','to':'b','body':B}",
                "{'type':'send','id':'a','body':B}",
                "{'type':'send','id':'a','to':'bob','conversation':'alice~bob','body':B}",
                "{'type':'send','id':'a','to':null,'conversation':null,'body':B}",
                "{'type':'send','id':'a','to':17,'body':B}",
                "{'type':'send','id':'a','to':'bob'}",
                "{'type':'send','id':'a','to':'bob','body':null}",
                "{'type':'send','id':'a','to':'bob','body':'hi'}",
                "{'type':'send','id':'a','to':'bob','body':[B]}",
                "{'type':'send','id':'a','to':'bob','body':B,'after':-1}",
                "{'type':'send','id':'a','to':'bob','body':B,'after':-0}",
                "{'type':'send','id':'a','to':'bob','body':B,'after':'1'}",
                "{'type':'send','id':'a','to':'bob','body':B,'after':1.0}",
                "{'type':'send','id':'a','to':'bob','body':B,'after':1e3}",
                "{'type':'send','id':'a','to':'bob','body':B,'after':9007199254740992}",
                "{'type':'send','id':'a','to':'bob','body':B,'after':99999999999999999999999999}",
                "{'type':'send','id':'a','to':'bob','body':B,'after':true}",
                "{'type':'delivered','conversation':'alice~bob'}",
                "{'type':'delivered','conversation':'alice~bob','seq':null}",
                "{'type':'delivered','conversation':'alice~bob','seq':0}",
                "{'type':'delivered','conversation':'alice~bob','seq':-1}",
                "{'type':'delivered','conversation':'alice~bob','seq':1.5}",
                "{'type':'delivered','conversation':'alice~bob','seq':[1]}",
                "{'type':'delivered','seq':1}",
                "{'type':'read','conversation':'alice~bob','seq':0}",
                "{'type':'read','conversation':{},'seq':1}",
                "{'type':'pull'}",
                "{'type':'pull','conversation':'alice~bob','after':1,'before':9}",
                "{'type':'pull','conversation':'alice~bob','before':0}",
                "{'type':'pull','conversation':'alice~bob','limit':0}",
                "{'type':'pull','conversation':'alice~bob','limit':201}",
                "{'type':'pull','conversation':'alice~bob','limit':'50'}",
                "{'type':'pull','conversation':'alice~bob','limit':5e1}",
                "{'type':'receipts'}",
                "{'type':'receipts','conversations':'alice~bob'}",
                "{'type':'receipts','conversations':{'a':'alice~bob'}}",
                "{'type':'receipts','conversations':['alice~bob',null]}",
                "{'type':'receipts','conversations':['alice~bob',17]}",
                "{'type':'receipts','conversations':[['alice~bob']]}",
                "{'type':'receipts','conversations':['\\ud800']}",
                "{'type':'typing'}",
                "{'type':'typing','conversation':false}",
                "{'type':'watch'}",
                "{'type':'watch','users':'bob'}",
                "{'type':'watch','users':[1]}",
                "{'type':'unwatch','users':null}",
            })
    void a_member_missing_or_wrong_is_invalid_and_the_message_says_what_to_give(final String frame) {
        final var refusal = refusal(frame.replace("B", BODY).replace('\'', '"'));
        assertEquals(ErrorCode.INVALID, refusal.code());
        assertTrue(refusal.message().contains("give "), refusal.message());
    }

    @Test
    void lists_end_where_the_protocol_says() throws FrameException {
        assertEquals(
                ErrorCode.INVALID,
                refusal(listing("receipts", "conversations", 101)).code());
        assertEquals(ErrorCode.INVALID, refusal(listing("watch", "users", 201)).code());
        assertEquals(
                ErrorCode.INVALID, refusal(listing("unwatch", "users", 201)).code());
        FrameCodec.readClient(listing("receipts", "conversations", 100));
        FrameCodec.readClient(listing("watch", "users", 200));
        FrameCodec.readClient(listing("unwatch", "users", 0));
    }

    @Test
    void nesting_ends_at_sixty_four() throws FrameException {
        FrameCodec.readClient(nested(StrictJson.DEPTH_MAX));
        assertEquals(
                ErrorCode.BAD_FRAME, refusal(nested(StrictJson.DEPTH_MAX + 1)).code());
        assertEquals(ErrorCode.BAD_FRAME, refusal(nested(30_000)).code());
    }

    @Test
    void a_refusal_says_what_it_answers_also_where_that_came_after_the_fault() {
        final var refusal =
                refusal("{\"type\":\"send\",\"body\":17,\"id\":\"m1\",\"conversation\":\"a~b\",\"ref\":\"r\"}");
        assertEquals(ErrorCode.INVALID, refusal.code());
        assertEquals(Optional.of("m1"), refusal.id());
        assertEquals(Optional.of("a~b"), refusal.conversation());
        assertEquals(Optional.of("r"), refusal.ref());
        assertEquals(
                Optional.of("r"), refusal("{\"ref\":\"r\",\"type\":\"none\"}").ref());
        assertEquals(Optional.of("r"), refusal("{\"x\":1,\"ref\":\"r\"}").ref());
    }

    @Test
    void a_bad_frame_answers_as_far_as_it_was_read() {
        final var refusal = refusal(
                "{\"id\":\"m1\",\"ref\":\"r\",\"type\":\"send\",\"body\":{\"a\":1,\"a\":2},\"conversation\":\"a~b\"}");
        assertEquals(ErrorCode.BAD_FRAME, refusal.code());
        assertEquals(Optional.of("m1"), refusal.id());
        assertEquals(Optional.of("r"), refusal.ref());
        assertEquals(Optional.empty(), refusal.conversation());
        assertEquals(
                Optional.of("r"), refusal("{\"ref\":\"r\",\"type\":\"send\"").ref());
        assertEquals(
                Optional.of("r"),
                refusal("{\"type\":\"heartbeat\",\"ref\":\"r\"} again").ref());
    }

    @Test
    void an_unreadable_ref_is_not_given_back() {
        final var refusal = refusal(
                "{\"type\":\"hello\",\"ref\":\"\\ud800\",\"id\":17,\"conversation\":\"" + "x".repeat(66) + "\"}");
        assertEquals(Optional.empty(), refusal.ref());
        assertEquals(Optional.empty(), refusal.id());
        assertEquals(Optional.empty(), refusal.conversation());
    }

    @Test
    void messages_never_repeat_contents() {
        for (final var frame : new String[] {
            "{\"type\":\"hello\",\"token\":\"s3cret\",\"token\":\"s3cret\"}",
            "{\"type\":\"hello\",\"token\":s3cret}",
            "{\"type\":\"s3cret\"}",
            "{\"s3cret\":1,\"s3cret\":1}",
            "{\"type\":\"send\",\"id\":\"a\",\"to\":\"bob\",\"body\":{\"type\":\"s3cret\"}}"
        }) {
            assertFalse(refusal(frame).message().contains("s3cret"), frame);
        }
    }

    @Test
    void white_space_order_unknown_members_and_null_do_not_matter() throws FrameException {
        final var plain =
                FrameCodec.readClient("{\"type\":\"read\",\"conversation\":\"alice~bob\",\"seq\":9007199254740991}");
        final var odd = FrameCodec.readClient(
                " \r\n\t{ \"seq\" : 9007199254740991 , \"x\" : [ { \"type\" : 1 } ] , \"ref\" : null, \"later\":1e9,"
                        + "\"conversation\":\"\\u0061lice~bob\",\"type\":\"\\u0072ead\"} \n");
        assertEquals(plain, odd);
    }

    @Test
    void a_ref_is_counted_in_characters_and_may_be_empty() throws FrameException {
        final var waves = "👋".repeat(64);
        assertEquals(
                Optional.of(waves),
                FrameCodec.readClient("{\"type\":\"heartbeat\",\"ref\":\"" + waves + "\"}")
                        .ref());
        assertEquals(
                Optional.of(""),
                FrameCodec.readClient("{\"type\":\"heartbeat\",\"ref\":\"\"}").ref());
    }

    @Test
    void a_pull_without_bounds_asks_for_the_newest_fifty() throws FrameException {
        assertEquals(
                new ClientFrame.Pull("alice~bob", new PageRequest.Newest(50), Optional.empty()),
                FrameCodec.readClient("{\"type\":\"pull\",\"conversation\":\"alice~bob\"}"));
    }

    private static ServerFrame.Refusal refusal(final String frame) {
        return assertThrows(FrameException.class, () -> FrameCodec.readClient(frame), frame)
                .error();
    }

    private static String listing(final String type, final String member, final int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"u" + i + "\"")
                .collect(Collectors.joining(",", "{\"type\":\"" + type + "\",\"" + member + "\":[", "]}"));
    }

    private static String nested(final int depth) {
        return "{\"type\":\"heartbeat\",\"x\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}";
    }
}
