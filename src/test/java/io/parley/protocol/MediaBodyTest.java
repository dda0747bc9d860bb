package io.parley.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.id.MediaId;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Messages that carry uploads: what a client may send of them, and what it is told otherwise.
final class MediaBodyTest {
    private static final String A = "'" + "a".repeat(32) + "'";
    private static final String B = "'" + "b".repeat(32) + "'";

    /// With the shortest MLS PrivateMessage with application data there is.
    private static final String MLS = "{'type':'mls','message':'"
            + Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(new byte[] {0, 1, 0, 2, 1, 'g', 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 's', 1, 'c'})
            + "'}";

    private static final String TEXT = "{'type':'text','text':'hi'}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'media','files':[{'media':A,'kind':'image'}]}",
                "{'type':'media','text':'The harbour.','files':[{'media':A,'kind':'video'}]}",
                "{'type':'media','text':null,'files':[{'media':A,'kind':'voice','name':null,'size':0}]}",
                "{'files':[{'kind':'file','media':A,'name':'a.txt','type':'text/plain','size':9007199254740991}],'type':'media'}",
                "{'type':'media','files':[{'media':A,'kind':'image','width':1.50,'preview':{'x':[null]}}],'mood':1e2}",
                "{'type':'media','files':[{'media':A,'kind':'image'},{'media':A,'kind':'file'}]}",
            })
    void a_body_with_files_is_kept_as_it_is(final String spelt) throws FrameException {
        final var sent = sent(spelt, "[" + A + "]");
        assertEquals(json(spelt), sent.body().json().value());
        assertEquals("media", sent.body().type());
        assertEquals(List.of(new MediaId("a".repeat(32))), sent.media());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'media'}",
                "{'type':'media','files':null}",
                "{'type':'media','files':{}}",
                "{'type':'media','files':[]}",
                "{'type':'media','files':[A]}",
                "{'type':'media','files':[null]}",
                "{'type':'media','files':[{}]}",
                "{'type':'media','files':[{'media':A}]}",
                "{'type':'media','files':[{'kind':'image'}]}",
                "{'type':'media','files':[{'media':'x','kind':'image'}]}",
                "{'type':'media','files':[{'media':17,'kind':'image'}]}",
                "{'type':'media','files':[{'media':A,'kind':'sticker'}]}",
                "{'type':'media','files':[{'media':A,'kind':'image','name':17}]}",
                "{'type':'media','files':[{'media':A,'kind':'image','type':['image/png']}]}",
                "{'type':'media','files':[{'media':A,'kind':'image','size':-1}]}",
                "{'type':'media','files':[{'media':A,'kind':'image','size':1.5}]}",
                "{'type':'media','files':[{'media':A,'kind':'image','size':'1'}]}",
                "{'type':'media','text':'','files':[{'media':A,'kind':'image'}]}",
                "{'type':'media','text':' ','files':[{'media':A,'kind':'image'}]}",
                "{'type':'media','text':17,'files':[{'media':A,'kind':'image'}]}",
                "{'type':'media','text':'a\\u0000','files':[{'media':A,'kind':'image'}]}",
                "{'type':'media','files':[{'media':B,'kind':'image'}]}",
                "{'type':'media','files':[{'media':A,'kind':'image'},{'media':B,'kind':'image'}]}",
                "{'type':'text','text':'hi'}",
            })
    void a_body_that_does_not_say_what_its_uploads_are_is_invalid(final String spelt) {
        assertEquals(ErrorCode.INVALID, refused(spelt, "[" + A + "]").code());
    }

    @Test
    void names_types_and_captions_have_an_end() throws FrameException {
        final var form = "{'type':'media','text':'%s','files':[{'media':A,'kind':'file','name':'%s','type':'%s'}]}";
        sent(form.formatted("👋".repeat(4_096), "👋".repeat(255), "t".repeat(127)), "[" + A + "]");
        refused(form.formatted("x".repeat(4_097), "n", "t"), "[" + A + "]");
        refused(form.formatted("x", "n".repeat(256), "t"), "[" + A + "]");
        refused(form.formatted("x", "n", "t".repeat(128)), "[" + A + "]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A",
                "{}",
                "17",
                "[17]",
                "[null]",
                "[[A]]",
                "[A,A]",
                "['']",
                "['0123456789abcdef0123456789abcde']",
                "['0123456789ABCDEF0123456789ABCDEF']",
                "['0123456789abcdef0123456789abcdef ']",
            })
    void what_is_no_list_of_media_ids_is_invalid_with_what_to_send(final String media) {
        final var refusal = refused(MLS, media);
        assertEquals(ErrorCode.INVALID, refusal.code());
        assertTrue(refusal.message().contains("give an array of at most 32 media ids"), refusal.message());
    }

    @Test
    void a_message_carries_at_most_32_uploads() throws FrameException {
        final var most = ids(32);
        assertEquals(32, sent(MLS, most).media().size());
        refused(MLS, ids(33));
        final var files = "{'type':'media','files':[%s]}";
        sent(files.formatted(files(32)), most);
        refused(files.formatted(files(33)), most);
        refused(files.formatted(files(31)), most);
    }

    @Test
    void an_encrypted_body_carries_any_and_says_nothing_of_them() throws FrameException {
        assertEquals(2, sent(MLS, "[" + A + "," + B + "]").media().size());
        assertEquals(List.of(), sent(MLS, "null").media());
    }

    @Test
    void no_uploads_are_as_none_named() throws FrameException {
        assertEquals(List.of(), sent(TEXT, "[]").media());
        assertEquals(List.of(), sent(TEXT, "null").media());
        assertFalse(FrameCodec.print(sent(TEXT, "[]")).contains("media"));
        refused("{'type':'media','files':[{'media':A,'kind':'image'}]}", "[]");
    }

    @Test
    void a_refusal_names_the_member_where_it_stands() {
        assertEquals(
                "'body.files.kind' is not as it should be: give one of image, video, voice, file",
                refused("{'type':'media','files':[{'media':A,'kind':'x'}]}", "[" + A + "]")
                        .message());
        assertEquals(
                "'body.files' is missing: give an array of objects",
                refused("{'type':'media'}", "[]").message());
    }

    @Test
    void a_member_named_twice_in_a_file_is_a_bad_frame() {
        assertEquals(
                ErrorCode.BAD_FRAME,
                refused("{'type':'media','files':[{'media':A,'media':A,'kind':'image'}]}", "[" + A + "]")
                        .code());
    }

    private static ClientFrame.Send sent(final String body, final String media) throws FrameException {
        return (ClientFrame.Send) FrameCodec.readClient(
                json("{'type':'send','id':'a','to':'bob','body':" + body + ",'media':" + media + "}"));
    }

    private static ServerFrame.Refusal refused(final String body, final String media) {
        return assertThrows(FrameException.class, () -> sent(body, media), body).error();
    }

    private static String json(final String spelt) {
        return spelt.replaceAll("(?<![\\w'-])A(?![\\w'-])", A)
                .replaceAll("(?<![\\w'-])B(?![\\w'-])", B)
                .replace('\'', '"');
    }

    private static String ids(final int count) {
        return IntStream.range(0, count).mapToObj("'%032x'"::formatted).collect(Collectors.joining(",", "[", "]"));
    }

    private static String files(final int count) {
        return IntStream.range(0, count)
                .mapToObj("{'media':'%032x','kind':'image'}"::formatted)
                .collect(Collectors.joining(","));
    }
}
