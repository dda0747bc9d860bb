package io.parley.mls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The presentation language, with the examples and the table of RFC 9420, §2.1.2.
final class MlsInputTest {
    private static Opaque opaque(final byte... bytes) throws MlsException {
        return MlsInput.whole("it", bytes, Integer.MAX_VALUE, in -> in.opaque("it"));
    }

    private static byte[] hex(final String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static <T> Object read(final String digits, final MlsInput.Reading<T> structure) throws MlsException {
        return MlsInput.whole("it", hex(digits), 8, structure);
    }

    private static String refused(final String digits) {
        return assertThrows(MlsException.class, () -> opaque(hex(digits))).getMessage();
    }

    @Test
    void a_vector_has_its_length_in_front() throws MlsException {
        assertEquals(Opaque.of(), opaque(hex("00")));
        assertEquals(Opaque.of((byte) 5, (byte) 6), opaque(hex("020506")));
    }

    @Test
    void each_size_of_length_covers_what_the_table_says() throws MlsException {
        for (final int length : List.of(0, 1, 37, 63, 64, 65, 15_293, 16_383, 16_384, 16_385, 100_000)) {
            final var content = HandMade.bytes(length, 0x0d);
            assertEquals(Opaque.of(content), opaque(Wire.of(wire -> wire.vector(content))));
        }
    }

    @Test
    void a_length_is_in_the_fewest_bytes_that_will_do() {
        assertEquals("it: its length is not in the fewest bytes, at byte 0", refused("4025" + "00".repeat(37)));
        assertEquals("it: its length is not in the fewest bytes, at byte 0", refused("403f" + "00".repeat(63)));
        assertEquals("it: its length is not in the fewest bytes, at byte 0", refused("8000003f" + "00".repeat(63)));
        assertEquals("it: its length is not in the fewest bytes, at byte 0", refused("80003fff" + "00".repeat(16_383)));
        assertEquals("it: its length is not in the fewest bytes, at byte 0", refused("4000"));
    }

    @Test
    void a_length_that_begins_with_two_ones_is_none() {
        assertEquals("it: no length begins with the bits 11, at byte 0", refused("c000000000000000"));
    }

    @Test
    void what_is_promised_must_be_there() {
        assertEquals("it: 494878333 bytes promised, 0 there, at byte 0", refused("9d7f3e7d"));
        assertEquals("it: 15293 bytes promised, 1 there, at byte 0", refused("7bbd00"));
        assertEquals("it: 37 bytes promised, 36 there, at byte 0", refused("25" + "00".repeat(36)));
        assertEquals("it: 1073741823 bytes promised, 2 there, at byte 0", refused("bfffffff0000"));
        assertEquals("it: cut off, at byte 0", refused(""));
        assertEquals("it: cut off, at byte 0", refused("7b"));
        assertEquals("it: cut off, at byte 0", refused("9d7f3e"));
    }

    @Test
    void nothing_may_follow() {
        assertEquals("it: something follows, at byte 2", refused("01aabb"));
    }

    @Test
    void a_list_ends_where_its_vector_ends() throws MlsException {
        final MlsInput.Reading<List<Integer>> numbers = in -> in.list("numbers", 3, each -> each.uint16("number"));
        assertEquals(List.of(1, 0xffff), MlsInput.whole("it", hex("040001ffff"), 9, numbers));
        final var odd = assertThrows(MlsException.class, () -> MlsInput.whole("it", hex("03000100"), 9, numbers));
        assertEquals("number: cut off, at byte 3", odd.getMessage());
        final var many =
                assertThrows(MlsException.class, () -> MlsInput.whole("it", hex("080001000200030004"), 9, numbers));
        assertEquals("numbers: more than 3, at byte 7", many.getMessage());
        assertEquals(7, many.offset());
    }

    @Test
    void an_optional_value_is_there_or_not() throws MlsException {
        final MlsInput.Reading<Boolean> presence = in -> in.isPresent("it");
        assertEquals(false, MlsInput.whole("it", hex("00"), 1, presence));
        assertEquals(true, MlsInput.whole("it", hex("01"), 1, presence));
        final var neither = assertThrows(MlsException.class, () -> MlsInput.whole("it", hex("02"), 1, presence));
        assertEquals("it: neither absent (0) nor present (1), at byte 0", neither.getMessage());
    }

    @Test
    void numbers_are_unsigned_and_in_network_order() throws MlsException {
        assertEquals(0xfe, read("fe", in -> in.uint8("it")));
        assertEquals(0xfedc, read("fedc", in -> in.uint16("it")));
        assertEquals(0xfedcba98L, read("fedcba98", in -> in.uint32("it")));
        assertEquals(0xfedcba9876543210L, read("fedcba9876543210", in -> in.uint64("it")));
    }

    @Test
    void what_is_too_large_is_refused_unread() {
        final var large =
                assertThrows(MlsException.class, () -> MlsInput.whole("it", new byte[9], 8, in -> in.uint64("it")));
        assertEquals("it: more than 8 bytes, at byte 8", large.getMessage());
    }

    @Test
    void what_was_read_stays_when_the_array_changes() throws MlsException {
        final var bytes = hex("02aabb");
        final var read = opaque(bytes);
        bytes[1] = 0;
        assertEquals(Opaque.of((byte) 0xaa, (byte) 0xbb), read);
    }

    @Test
    void opaque_bytes_are_equal_by_content_and_say_nothing() throws MlsException {
        final var read = opaque(hex("02aabb"));
        final var same = Opaque.of(hex("aabb"));
        assertEquals(same, read);
        assertEquals(same.hashCode(), read.hashCode());
        assertEquals(same, read.detached());
        assertNotEquals(Opaque.of(hex("aabc")), read);
        assertNotEquals(Opaque.of(hex("aa")), read);
        assertEquals("Opaque of 2 bytes", read.toString());
    }
}
