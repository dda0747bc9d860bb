package io.parley.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Which pieces make up an upload.
final class PieceTest {
    private static final int FULL = Piece.LEAST_BYTES;

    @Test
    void a_piece_is_known_by_its_name() {
        final var piece = new Piece(4_194_304, 4_194_305, -1);
        assertEquals("4194304-4194305-ffffffffffffffff", piece.toString());
        assertEquals(Optional.of(piece), Piece.parse(piece.toString()));
        for (final var other : List.of("", "1-2", "2-1-ffffffffffffffff", "1-1-ffffffffffffffff", "0-1-f", "x", "1")) {
            assertEquals(Optional.empty(), Piece.parse(other), other);
        }
    }

    @Test
    void the_longest_way_from_the_first_byte_counts() {
        final var first = new Piece(0, FULL, 1);
        final var second = new Piece(FULL, 3L * FULL, 2);
        final var other = new Piece(0, 2L * FULL, 3);
        final var farther = new Piece(2L * FULL, 4L * FULL, 4);
        final var unreached = new Piece(5L * FULL, 9L * FULL, 5);
        assertEquals(List.of(), Piece.chain(List.of()));
        assertEquals(List.of(), Piece.chain(List.of(unreached)));
        assertEquals(List.of(first, second), Piece.chain(List.of(second, first, unreached)));
        assertEquals(List.of(first, second), Piece.chain(List.of(second, first, other)));
        assertEquals(List.of(other, farther), Piece.chain(List.of(second, farther, first, other)));
    }

    @Test
    void what_stands_behind_a_short_piece_does_not_count() {
        final var tail = new Piece(0, 10, 1);
        final var behind = new Piece(10, 20, 2);
        assertEquals(List.of(tail), Piece.chain(List.of(tail, behind)));
        final var longer = new Piece(0, 15, 3);
        assertEquals(List.of(longer), Piece.chain(List.of(tail, behind, longer)));
    }

    @Test
    void of_any_heap_of_pieces_the_chain_has_no_gap_goes_as_far_as_one_can_and_is_the_same_in_any_order() {
        for (long seed = 0; seed < 2_000; seed++) {
            final var random = new Random(seed);
            final var heap = new ArrayList<Piece>();
            for (int n = random.nextInt(12); n > 0; n--) {
                final long from = (long) random.nextInt(6) * (FULL / 2);
                heap.add(new Piece(from, from + (1L + random.nextInt(5)) * (FULL / 2), random.nextLong()));
            }
            final var chain = Piece.chain(heap);
            long at = 0;
            for (final var piece : chain) {
                assertEquals(at, piece.from(), "seed " + seed);
                assertTrue(at == 0 || !chain.get(chain.indexOf(piece) - 1).isShort(), "seed " + seed);
                at = piece.to();
            }
            assertEquals(farthest(heap, 0), at, "seed " + seed);
            Collections.shuffle(heap, random);
            assertEquals(chain, Piece.chain(heap), "seed " + seed);
        }
    }

    /// By trying all ways.
    private static long farthest(final List<Piece> heap, final long from) {
        return heap.stream()
                .filter(piece -> piece.from() == from)
                .mapToLong(piece -> piece.isShort() ? piece.to() : farthest(heap, piece.to()))
                .max()
                .orElse(from);
    }
}
