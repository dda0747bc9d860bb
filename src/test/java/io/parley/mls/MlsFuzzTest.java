package io.parley.mls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Damaged messages: they are read to the last byte or refused with [MlsException], quickly and in little
/// memory.
final class MlsFuzzTest {
    private static final int BYTES_MAX = 60_000;
    private static final int ROUNDS = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final List<Consumer<Wire>> PROPOSALS = List.of(
            HandMade.add("bo"),
            HandMade.remove(3),
            HandMade.psk("shared"),
            wire -> wire.u16(4).u8(2).u8(1).vector("a group").u64(3).vector("nonce"),
            HandMade.contextExtensions(),
            HandMade.update("ada"),
            HandMade.reInit());
    private static final List<byte[]> GOOD = List.of(
            HandMade.memberCommit(5, PROPOSALS, Optional.of(HandMade.path("ada"))),
            HandMade.externalCommit(List.of(HandMade.EXTERNAL_INIT), Optional.of(HandMade.path("bo"))),
            HandMade.publicMessage(HandMade.member(1), wire -> wire.u8(1).vector("hi"), false, true),
            HandMade.privateMessage(1),
            HandMade.welcome(3),
            HandMade.groupInfo(HandMade.ratchetTree()),
            Wire.message(5, wire -> wire.raw(new SigningClient("bo", 1).keyPackage(HandMade.NO_EXTENSIONS))));

    /// Whatever is read is all of what was given, and spells the same again.
    private static boolean isRead(final byte[] message) {
        try {
            final var read = MlsMessage.read(message, BYTES_MAX);
            assertArrayEquals(message, Printed.of(read));
            if (read instanceof final GroupInfo info && info.hasRatchetTree()) {
                tryTree(info);
            }
            return true;
        } catch (final MlsException refused) {
            assertTrue(refused.offset() >= 0 && refused.offset() <= message.length, refused::getMessage);
            return false;
        }
    }

    private static void tryTree(final GroupInfo info) {
        try {
            final var tree = info.ratchetTree().orElseThrow();
            assertArrayEquals(
                    info.extensions().stream()
                            .filter(each -> each.type() == Extension.RATCHET_TREE)
                            .findFirst()
                            .orElseThrow()
                            .data()
                            .toByteArray(),
                    Printed.of(tree));
        } catch (final MlsException refused) {
            assertTrue(refused.offset() >= 0, refused::getMessage);
        }
    }

    @Test
    void what_is_damaged_is_whole() {
        GOOD.forEach(message -> assertTrue(isRead(message)));
    }

    @Test
    void a_message_that_is_cut_is_refused() {
        for (final var message : GOOD) {
            for (int length = 0; length < message.length; length++) {
                final var cut = Arrays.copyOf(message, length);
                assertThrows(MlsException.class, () -> MlsMessage.read(cut, BYTES_MAX));
            }
        }
    }

    @Test
    void a_message_that_something_follows_is_refused() {
        for (final var message : GOOD) {
            for (int more = 1; more < 10; more++) {
                final var longer = Arrays.copyOf(message, message.length + more);
                assertThrows(MlsException.class, () -> MlsMessage.read(longer, BYTES_MAX));
            }
        }
    }

    @Test
    void a_message_with_one_byte_changed_is_refused_or_says_something_else() {
        for (final var message : GOOD) {
            for (int at = 0; at < message.length; at++) {
                final var changed = message.clone();
                for (int bit = 0; bit < 8; bit++) {
                    changed[at] = (byte) (message[at] ^ (1 << bit));
                    isRead(changed);
                }
                for (final int value : List.of(0, 1, 2, 3, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xff)) {
                    changed[at] = (byte) value;
                    isRead(changed);
                }
            }
        }
    }

    /// Wherever a length of one byte stands, it is written in two and in four.
    @Test
    void a_message_with_a_length_in_more_bytes_than_needed_is_refused() {
        for (final var message : GOOD) {
            for (int at = 0; at < message.length; at++) {
                final int value = message[at];
                if (value >= 0 && value < 64) {
                    isRead(spliced(message, at, 1, new byte[] {0x40, (byte) value}));
                    isRead(spliced(message, at, 1, new byte[] {(byte) 0x80, 0, 0, (byte) value}));
                }
            }
        }
        final int groupId = 4;
        for (final var message : GOOD.subList(0, 4)) {
            final byte length = message[groupId];
            final var two = spliced(message, groupId, 1, new byte[] {0x40, length});
            final var refused = assertThrows(MlsException.class, () -> MlsMessage.read(two, BYTES_MAX));
            assertTrue(refused.getMessage().startsWith("group_id: its length is not in the fewest bytes"));
        }
    }

    @Test
    void a_length_that_promises_too_much_costs_nothing() {
        final var huge = new byte[] {(byte) 0xbf, (byte) 0xff, (byte) 0xff, (byte) 0xff};
        for (final var message : GOOD) {
            for (int at = 4; at < message.length; at++) {
                isRead(spliced(message, at, 1, huge));
                isRead(spliced(message, at, 0, huge));
            }
        }
    }

    @Test
    void random_damage_is_refused_or_says_something_else() {
        final var random = new Random(20);
        for (int round = 0; round < ROUNDS; round++) {
            final var message = damaged(random);
            try {
                isRead(message);
            } catch (final AssertionError | RuntimeException failure) {
                throw new AssertionError("round " + round + " of seed 20", failure);
            }
        }
    }

    @Test
    void noise_is_refused_or_says_something() {
        final var random = new Random(21);
        for (int round = 0; round < ROUNDS; round++) {
            final var noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            for (int at = 0; at < noise.length; at++) {
                noise[at] = random.nextInt(3) == 0 ? (byte) random.nextInt(4) : noise[at];
            }
            for (int format = 1; format <= 5; format++) {
                final int wireFormat = format;
                isRead(Wire.message(wireFormat, wire -> wire.raw(noise)));
            }
        }
    }

    /// A byte of a message may become an object of a few dozen bytes at most, and a refusal costs what was read
    /// before.
    @Test
    void no_message_costs_more_memory_than_a_multiple_of_its_size() {
        final var random = new Random(22);
        final var few = Wire.message(
                3, wire -> wire.u16(1).vector(new byte[3 * Roster.LEAVES_MAX]).vector()); // smallest of secrets
        final var blanks = Wire.of(wire -> wire.vector(new byte[RatchetTree.NODES_MAX]));
        for (int round = 0; round < 2_000; round++) {
            final var message = round == 1_000 ? few : damaged(random);
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                MlsMessage.read(message, BYTES_MAX);
            } catch (final MlsException refused) {
                // expected
            }
            final long spent = THREADS.getCurrentThreadAllocatedBytes() - before;
            final int number = round;
            // the first rounds load classes
            assertTrue(
                    round < 500 || spent <= 20_000 + 60L * message.length,
                    () -> spent + " bytes for " + message.length + ", round " + number);
        }
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        assertThrows(MlsException.class, () -> RatchetTree.readBare(blanks, BYTES_MAX));
        assertTrue(THREADS.getCurrentThreadAllocatedBytes() - before < 500_000);
    }

    private static byte[] damaged(final Random random) {
        var message = GOOD.get(random.nextInt(GOOD.size()));
        for (int wounds = 1 + random.nextInt(4); wounds > 0; wounds--) {
            final int at = random.nextInt(message.length);
            final int length = Math.min(random.nextInt(6), message.length - at);
            message = switch (random.nextInt(6)) {
                case 0 -> flipped(message, at, random);
                case 1 -> spliced(message, at, length, new byte[0]);
                case 2 -> spliced(message, at, 0, Arrays.copyOfRange(message, at, at + length));
                case 3 -> spliced(message, at, length, noise(length, random));
                case 4 -> { // a piece of another message
                    final var other = GOOD.get(random.nextInt(GOOD.size()));
                    final int from = random.nextInt(other.length);
                    final int to = Math.min(other.length, from + random.nextInt(300));
                    yield spliced(message, at, length, Arrays.copyOfRange(other, from, to));
                }
                default -> Arrays.copyOf(message, message.length - Math.min(length, message.length - 5));
            };
            if (message.length < 5) {
                return message;
            }
        }
        return message;
    }

    private static byte[] flipped(final byte[] message, final int at, final Random random) {
        final var changed = message.clone();
        changed[at] ^= (byte) (1 << random.nextInt(8));
        return changed;
    }

    private static byte[] noise(final int length, final Random random) {
        final var noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private static byte[] spliced(final byte[] message, final int at, final int gone, final byte... come) {
        return Wire.of(wire -> wire.raw(Arrays.copyOf(message, at))
                .raw(come)
                .raw(Arrays.copyOfRange(message, at + gone, message.length)));
    }
}
