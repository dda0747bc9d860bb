package io.parley.websocket;

import static io.parley.websocket.ClientFrames.BINARY;
import static io.parley.websocket.ClientFrames.CLOSE;
import static io.parley.websocket.ClientFrames.CONTINUATION;
import static io.parley.websocket.ClientFrames.PING;
import static io.parley.websocket.ClientFrames.PONG;
import static io.parley.websocket.ClientFrames.TEXT;
import static io.parley.websocket.ClientFrames.concat;
import static io.parley.websocket.ClientFrames.frame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;

/// RFC 6455 from the client's bytes to whole messages.
final class MessageReaderTest {
    private static final int LIMIT = 1_000;

    private final List<String> heard = new ArrayList<>();
    private final MessageReader reader = new MessageReader(LIMIT);

    // §5.7, with the RFC's own bytes

    @Test
    void the_masked_hello_of_the_rfc_is_read() throws Exception {
        read(HexFormat.of().parseHex("818537fa213d7f9f4d5158"));
        assertEquals(List.of("text Hello"), heard);
    }

    @Test
    void the_fragmented_hello_of_the_rfc_is_one_message() throws Exception {
        read(frame(TEXT, false, "Hel".getBytes(UTF_8)));
        assertEquals(List.of(), heard);
        read(frame(CONTINUATION, true, "lo".getBytes(UTF_8)));
        assertEquals(List.of("text Hello"), heard);
    }

    @Test
    void the_masked_pong_of_the_rfc_is_read() throws Exception {
        read(HexFormat.of().parseHex("8a8537fa213d7f9f4d5158"));
        assertEquals(List.of("pong"), heard);
    }

    @Test
    void the_unmasked_hello_of_a_server_is_refused() {
        violates(1002, HexFormat.of().parseHex("810548656c6c6f"));
    }

    @Test
    void lengths_of_two_and_eight_bytes_are_read() throws Exception {
        final var large = new MessageReader(70_000);
        for (final int size : new int[] {0, 125, 126, 256, 65_535, 65_536, 70_000}) {
            large.read(ByteString.fromArray(frame(TEXT, true, "x".repeat(size).getBytes(UTF_8))), listener());
            assertEquals("text " + "x".repeat(size), heard.getLast());
        }
        large.read(ByteString.fromArray(frame(BINARY, true, new byte[256])), listener());
        assertEquals("binary", heard.getLast());
    }

    // fragments and what stands between them

    @Test
    void control_frames_between_fragments_are_heard_at_once() throws Exception {
        read(frame(TEXT, false, "one ".getBytes(UTF_8)));
        read(frame(PING, true, "are you there".getBytes(UTF_8)));
        read(frame(CONTINUATION, false, "two ".getBytes(UTF_8)));
        read(frame(PONG, true, new byte[0]));
        read(frame(CONTINUATION, true, "three".getBytes(UTF_8)));
        assertEquals(List.of("ping are you there", "pong", "text one two three"), heard);
    }

    @Test
    void a_ping_beside_a_message_of_the_largest_size_is_no_part_of_it() throws Exception {
        read(frame(TEXT, false, "x".repeat(LIMIT - 1).getBytes(UTF_8)));
        read(frame(PING, true, "p".repeat(125).getBytes(UTF_8)));
        read(frame(CONTINUATION, true, "y".getBytes(UTF_8)));
        assertEquals("text " + "x".repeat(LIMIT - 1) + "y", heard.getLast());
    }

    @Test
    void empty_fragments_add_nothing() throws Exception {
        read(frame(TEXT, false, new byte[0]));
        read(frame(CONTINUATION, false, "a".getBytes(UTF_8)));
        read(frame(CONTINUATION, false, new byte[0]));
        read(frame(CONTINUATION, true, new byte[0]));
        read(frame(TEXT, false, new byte[0]));
        read(frame(CONTINUATION, true, new byte[0]));
        assertEquals(List.of("text a", "text "), heard);
    }

    @Test
    void after_a_fragmented_binary_message_texts_are_read_as_before() throws Exception {
        read(frame(BINARY, false, new byte[600]));
        read(frame(CONTINUATION, true, new byte[400]));
        read(frame(TEXT, true, "x".repeat(LIMIT).getBytes(UTF_8)));
        assertEquals(List.of("binary", "text " + "x".repeat(LIMIT)), heard);
    }

    @Test
    void a_fragment_of_nothing_and_a_message_inside_another_are_refused() throws Exception {
        violates(1002, frame(CONTINUATION, true, new byte[0]));
        for (final int opcode : new int[] {TEXT, BINARY}) {
            final var inside = new MessageReader(LIMIT);
            inside.read(ByteString.fromArray(frame(TEXT, false, new byte[1])), listener());
            violates(1002, inside, frame(opcode, true, new byte[1]));
        }
    }

    @Test
    void many_small_fragments_cost_little() {
        final var large = new MessageReader(65_536);
        final var fragment = ByteString.fromArray(frame(CONTINUATION, false, new byte[0]));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            large.read(
                    ByteString.fromArray(frame(TEXT, false, "x".repeat(65_536).getBytes(UTF_8))), listener());
            for (int i = 0; i < 1_000_000; i++) { // copied anew each time, that would be 65 GB
                large.read(fragment, listener());
            }
            large.read(ByteString.fromArray(frame(CONTINUATION, true, new byte[0])), listener());
        });
        assertEquals("text " + "x".repeat(65_536), heard.getLast());
    }

    // limits

    @Test
    void a_message_of_the_largest_size_is_read_and_one_byte_more_is_refused_before_it_has_come() throws Exception {
        read(frame(TEXT, true, "x".repeat(LIMIT).getBytes(UTF_8)));
        assertEquals(1, heard.size());
        final var tooLarge = frame(TEXT, true, new byte[LIMIT + 1]);
        violates(1009, Arrays.copyOf(tooLarge, 8)); // its header
    }

    @Test
    void fragments_are_limited_together() throws Exception {
        for (final int opcode : new int[] {TEXT, BINARY}) {
            final var fragmented = new MessageReader(LIMIT);
            fragmented.read(ByteString.fromArray(frame(opcode, false, new byte[LIMIT - 10])), listener());
            violates(1009, fragmented, frame(CONTINUATION, false, new byte[11]));
        }
    }

    @Test
    void lengths_beyond_all_bounds_are_too_large() throws Exception {
        for (final var length :
                new String[] {"7fffffffffffffff", "8000000000000000", "ffffffffffffffff", "0000000100000000"}) {
            final var header = HexFormat.of().parseHex("81ff" + length + "00000000");
            violates(1009, new MessageReader(LIMIT), header);
            final var inFragments = new MessageReader(LIMIT);
            inFragments.read(ByteString.fromArray(frame(TEXT, false, new byte[10])), listener());
            violates(1009, inFragments, HexFormat.of().parseHex("80ff" + length + "00000000"));
        }
    }

    @Test
    void control_frames_are_whole_and_short() {
        violates(1002, frame(PING, true, new byte[126]));
        violates(1002, frame(PING, false, new byte[0]));
        violates(1002, frame(CLOSE, false, new byte[0]));
    }

    // bits and opcodes

    @Test
    void reserved_bits_are_refused() {
        for (final int bit : new int[] {0x10, 0x20, 0x40}) {
            final var frame = frame(TEXT, true, "a".getBytes(UTF_8));
            frame[0] |= (byte) bit;
            violates(1002, frame);
        }
    }

    @Test
    void opcodes_that_do_not_exist_are_refused() {
        for (final int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
            violates(1002, frame(opcode, true, new byte[0]));
        }
    }

    // UTF-8

    @Test
    void a_character_split_across_fragments_is_put_together() throws Exception {
        final var text = "κόσμε 👋🏽".getBytes(UTF_8);
        for (int at = 0; at <= text.length; at++) {
            read(frame(TEXT, false, Arrays.copyOf(text, at)));
            read(frame(CONTINUATION, true, Arrays.copyOfRange(text, at, text.length)));
            assertEquals("text κόσμε 👋🏽", heard.getLast());
        }
    }

    @Test
    void text_that_is_no_utf_8_is_refused_however_it_is_split() throws Exception {
        // Autobahn's: κόσμε, a surrogate, "edited"; overlong forms; beyond U+10FFFF; a lone continuation; cut off
        for (final var broken : List.of(
                "cebae1bdb9cf83cebcceb5eda080656469746564",
                "c0af",
                "e080af",
                "f4908080",
                "80",
                "e4bda0e5a5",
                "ff",
                "fe")) {
            final var bytes = HexFormat.of().parseHex(broken);
            violates(1007, frame(TEXT, true, bytes));
            for (int at = 0; at <= bytes.length; at++) {
                final var split = new MessageReader(LIMIT);
                split.read(ByteString.fromArray(frame(TEXT, false, Arrays.copyOf(bytes, at))), listener());
                violates(1007, split, frame(CONTINUATION, true, Arrays.copyOfRange(bytes, at, bytes.length)));
            }
        }
    }

    @Test
    void a_replacement_character_that_was_written_as_such_is_text() throws Exception {
        read(frame(TEXT, true, "\ufffd".getBytes(UTF_8)));
        assertEquals(List.of("text \ufffd"), heard);
    }

    // closing

    @Test
    void a_close_gives_its_code_or_none() throws Exception {
        read(frame(CLOSE, true, new byte[0]));
        for (final int code :
                new int[] {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 3000, 3999, 4000, 4999}) {
            read(frame(CLOSE, true, close(code, "weil")));
            assertEquals("close " + code, heard.getLast());
        }
        assertEquals("close 1005", heard.getFirst());
    }

    @Test
    void a_close_that_cannot_be_is_refused() {
        for (final int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535}) {
            violates(1002, frame(CLOSE, true, close(code, "")));
        }
        violates(1002, frame(CLOSE, true, new byte[1]));
        violates(1007, frame(CLOSE, true, concat(close(1000, ""), new byte[] {(byte) 0xff})));
    }

    // however it is cut

    @Test
    void random_messages_in_random_fragments_and_chunks_come_out_as_they_went_in() throws Exception {
        final long seed = System.nanoTime();
        final var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            final var sent = new ArrayList<String>();
            final byte[] bytes = randomStream(random, sent);
            heard.clear();
            final var fresh = new MessageReader(LIMIT);
            for (int at = 0; at < bytes.length; ) {
                final int end = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 8 : 2_000));
                fresh.read(ByteString.fromArray(Arrays.copyOfRange(bytes, at, end)), listener());
                at = end;
            }
            assertEquals(sent, heard, "seed " + seed + " round " + round);
        }
    }

    @Test
    void random_bytes_never_do_more_than_break_the_protocol() {
        final long seed = System.nanoTime();
        final var random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            final var fresh = new MessageReader(LIMIT);
            try {
                for (int chunk = 0; chunk < 4; chunk++) {
                    fresh.read(ByteString.fromArray(almostFrames(random)), listener());
                }
            } catch (final MessageReader.Violation violation) {
                assertTrue(List.of(1002, 1007, 1009).contains(violation.code()));
            } catch (final RuntimeException bug) {
                fail("seed " + seed + " round " + round, bug);
            }
        }
    }

    private static byte[] randomStream(final Random random, final List<String> sent) {
        byte[] bytes = {};
        for (int message = random.nextInt(8); message >= 0; message--) {
            final int kind = random.nextInt(6);
            final var text = randomText(random, random.nextInt(10) == 0 ? 300 : 20);
            final var payload = kind == 0 ? new byte[random.nextInt(LIMIT)] : text.getBytes(UTF_8);
            int from = 0;
            boolean first = true;
            while (random.nextInt(3) == 0) {
                final int to = from + random.nextInt(payload.length - from + 1);
                bytes = concat(
                        bytes,
                        frame(first ? opcode(kind) : CONTINUATION, false, Arrays.copyOfRange(payload, from, to)));
                from = to;
                first = false;
                if (random.nextInt(3) == 0) {
                    bytes = concat(bytes, frame(PING, true, "p".getBytes(UTF_8)));
                    sent.add("ping p");
                }
            }
            bytes = concat(
                    bytes,
                    frame(
                            first ? opcode(kind) : CONTINUATION,
                            true,
                            Arrays.copyOfRange(payload, from, payload.length)));
            sent.add(kind == 0 ? "binary" : "text " + text);
        }
        return bytes;
    }

    private static int opcode(final int kind) {
        return kind == 0 ? BINARY : TEXT;
    }

    private static String randomText(final Random random, final int most) {
        return random.ints(random.nextInt(most), 0, 0x11_0000)
                .map(point -> point >= 0xd800 && point <= 0xdfff ? '?' : random.nextBoolean() ? point % 0x80 : point)
                .limit(LIMIT / 4)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /// Mostly noise that begins like a masked frame, or it would be refused at its first bytes.
    private static byte[] almostFrames(final Random random) {
        final var bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        if (bytes.length > 1) {
            bytes[0] &= (byte) 0x8f;
            bytes[1] |= (byte) 0x80;
        }
        return bytes;
    }

    private static byte[] close(final int code, final String reason) {
        return concat(new byte[] {(byte) (code >> 8), (byte) code}, reason.getBytes(UTF_8));
    }

    private void read(final byte[] bytes) throws MessageReader.Violation {
        reader.read(ByteString.fromArray(bytes), listener());
    }

    private void violates(final int code, final byte[] bytes) {
        violates(code, new MessageReader(LIMIT), bytes);
    }

    private void violates(final int code, final MessageReader by, final byte[] bytes) {
        final var violation =
                assertThrows(MessageReader.Violation.class, () -> by.read(ByteString.fromArray(bytes), listener()));
        assertEquals(code, violation.code(), violation.getMessage());
    }

    private MessageReader.Listener listener() {
        return new MessageReader.Listener() {
            @Override
            public void text(final String message) {
                heard.add("text " + message);
            }

            @Override
            public void binary() {
                heard.add("binary");
            }

            @Override
            public void ping(final byte[] payload) {
                heard.add("ping " + new String(payload, UTF_8));
            }

            @Override
            public void pong() {
                heard.add("pong");
            }

            @Override
            public void close(final int code) {
                heard.add("close " + code);
            }
        };
    }
}
