package io.parley.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Random frames and random damage; the judge of JSON is Jackson's tree, which shares no code with ours but the
/// tokens.
final class FrameCodecPropertyTest {
    private static final int ROUNDS = 1_000;
    /// The second for a name with a lone surrogate.
    private static final Set<ErrorCode> REFUSALS = EnumSet.of(ErrorCode.BAD_FRAME, ErrorCode.INVALID);
    private static final Pattern STRING = Pattern.compile("\"(?:\\\\.|[^\"\\\\])*+\"");

    private static final List<String> SPLINTERS = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\ud800",
            "\ud800",
            "\\u0000",
            "null",
            "true",
            "-1",
            "1e9",
            "1.0",
            "9007199254740992",
            "\"type\":",
            "\"ref\":",
            "\"id\":",
            "{\"a\":1,\"a\":2}",
            "[[[[[[",
            " ",
            "\t",
            "\uFEFF",
            "//");

    private static final ObjectMapper JUDGE = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES) // 1.0 is to stay 1.0
            .build();

    @Test
    void what_is_printed_is_read_as_the_same_frame() {
        rounds((random, frames) -> {
            final var client = frames.client();
            final var printed = FrameCodec.print(client);
            assertEquals(client, FrameCodec.readClient(printed));
            assertTypeFirst(printed);
            final var server = frames.server();
            final var told = FrameCodec.print(server);
            assertEquals(server, FrameCodec.readServer(told));
            assertTypeFirst(told);
        });
    }

    @Test
    void a_body_keeps_its_meaning() {
        rounds((random, frames) -> {
            final var spelt = frames.spelt();
            final var send = "{\"type\":\"send\",\"id\":\"a\",\"to\":\"bob\",\"body\":" + spelt + "}";
            final var body = ((ClientFrame.Send) FrameCodec.readClient(send)).body();
            final var judged = JUDGE.readTree(spelt);
            final var kept = JUDGE.readTree(body.json().value());
            assertEquals(judged, kept, spelt);
            assertEquals(judged.toString(), kept.toString(), spelt); // also the digits and the order
            assertIsCompact(body.json().value());
        });
    }

    @Test
    void damage_is_refused_or_understood_and_nothing_else() {
        final var seeds = Stream.concat(Example.fromClients().stream(), Example.fromServers().stream())
                .map(Example::frame)
                .toList();
        rounds((random, frames) -> {
            final var damaged = damaged(seeds.get(random.nextInt(seeds.size())), random);
            readBoth(damaged);
            readBoth(new String(damagedBytes(damaged, random), StandardCharsets.UTF_8));
            readBytes(damagedBytes(damaged, random));
        });
    }

    @Test
    void noise_is_refused() {
        rounds((random, frames) -> {
            final var noise = new byte[random.nextInt(80)];
            random.nextBytes(noise);
            readBytes(noise);
            readBoth(new String(noise, StandardCharsets.ISO_8859_1));
            readBoth(new String(noise, StandardCharsets.UTF_16));
        });
    }

    @Test
    void what_the_judge_takes_for_an_object_is_no_bad_frame_and_the_reverse() {
        final var seeds = Example.fromClients().stream().map(Example::frame).toList();
        rounds((random, frames) -> {
            final var text = damaged(seeds.get(random.nextInt(seeds.size())), random);
            assertEquals(judgeFindsObject(text), weFindObject(text), text);
        });
    }

    private static boolean judgeFindsObject(final String text) {
        try {
            return JUDGE.readTree(text).isObject();
        } catch (final JsonProcessingException malformed) {
            return false;
        }
    }

    private static boolean weFindObject(final String text) {
        try {
            StrictJson.object(text);
            return true;
        } catch (final FrameException refused) {
            assertTrue(REFUSALS.contains(refused.error().code()), text);
            return false;
        }
    }

    private static void assertIsCompact(final String printed) {
        final var betweenStrings = STRING.matcher(printed).replaceAll("");
        assertTrue(betweenStrings.chars().noneMatch(Character::isWhitespace), printed);
    }

    private static void assertTypeFirst(final String frame) {
        assertTrue(frame.startsWith("{\"type\":\""), frame);
        assertIsCompact(frame);
    }

    /// Anything but a [FrameException] fails the test; whatever is refused can be told.
    private static void readBoth(final String text) {
        try {
            FrameCodec.print(FrameCodec.readClient(text));
        } catch (final FrameException refused) {
            assertIsTold(refused);
        }
        try {
            FrameCodec.print(FrameCodec.readServer(text));
        } catch (final FrameException refused) {
            assertIsTold(refused);
        }
    }

    private static void readBytes(final byte[] bytes) {
        try {
            final var fields = StrictJson.object(bytes);
            fields.optionalAnyJson("client");
            fields.requiredContent();
        } catch (final FrameException refused) {
            assertIsTold(refused);
        }
    }

    private static void assertIsTold(final FrameException refused) {
        try {
            final var error = FrameCodec.print(refused.error());
            assertEquals(error, new String(error.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
            assertEquals(refused.error(), FrameCodec.readServer(error));
        } catch (final FrameException untold) {
            throw new AssertionError(untold);
        }
    }

    private static String damaged(final String frame, final RandomGenerator random) {
        final var out = new StringBuilder(frame);
        for (int i = random.nextInt(1, 4); i > 0 && !out.isEmpty(); i--) {
            final int at = random.nextInt(out.length());
            final int to = Math.min(out.length(), at + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> out.delete(at, to);
                case 1 -> out.insert(at, out.substring(at, to));
                case 2 -> out.insert(at, SPLINTERS.get(random.nextInt(SPLINTERS.size())));
                case 3 -> out.replace(at, to, SPLINTERS.get(random.nextInt(SPLINTERS.size())));
                default -> out.setCharAt(at, (char) random.nextInt(0x100));
            }
        }
        return out.toString();
    }

    private static byte[] damagedBytes(final String text, final RandomGenerator random) {
        final var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(0x100);
        }
        return bytes;
    }

    private static void rounds(final Round round) {
        final long seed = System.nanoTime();
        final var random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            try {
                round.run(random, new Frames(random));
            } catch (final Exception | AssertionError failed) {
                throw new AssertionError("seed " + seed + ", round " + i, failed);
            }
        }
    }

    private interface Round {
        void run(Random random, Frames frames) throws Exception;
    }
}
