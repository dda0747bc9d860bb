package io.parley.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The ring of recent ids against a plain list of everything ever added.
final class RecentIdsTest {
    private static final List<UserId> AUTHORS = List.of(new UserId("ada"), new UserId("bo"), new UserId("cleo"));

    private record Added(UserId author, String id, long millis) {}

    @Test
    void what_was_added_lately_is_found_and_the_rest_is_said_to_be_unknown() {
        final long seed = System.nanoTime();
        final var random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            final long begins = random.nextBoolean() ? 0 : random.nextLong(1L << 40);
            final var recent =
                    begins == 0 && random.nextBoolean() ? new RecentIds() : RecentIds.after(begins, RecentIds.KEPT);
            final var added = new ArrayList<Added>();
            final int count = random.nextInt(3_000);
            for (int i = 0; i < count; i++) {
                final var next = new Added(AUTHORS.get(random.nextInt(3)), id(random, i), random.nextLong(1L << 41));
                added.add(next);
                recent.add(next.author(), next.id(), next.millis());
                if (random.nextInt(200) == 0 || i == count - 1) {
                    compare(recent, added, begins, random, "seed " + seed + " round " + round + " at " + i);
                }
            }
        }
    }

    @Test
    void at_least_the_promised_thousand_are_kept() {
        final var recent = new RecentIds();
        for (int i = 1; i <= 5_000; i++) {
            recent.add(AUTHORS.getFirst(), "m" + i, i);
            assertTrue(recent.completeFrom() <= Math.max(1, i - 999));
        }
        assertEquals(5_000 - RecentIds.KEPT + 1, recent.completeFrom());
    }

    @Test
    void ids_of_one_hash_are_told_apart() {
        final var recent = new RecentIds();
        // "Aa" and "BB" have one hash, and so have all words made of them
        final var words = List.of("AaAaAa", "AaAaBB", "AaBBAa", "AaBBBB", "BBAaAa", "BBAaBB", "BBBBAa", "BBBBBB");
        for (int i = 0; i < 4_000; i++) {
            recent.add(AUTHORS.getFirst(), words.get(i % 8) + "-" + i / 8, i);
        }
        for (int i = 4_000 - RecentIds.KEPT; i < 4_000; i++) {
            final var found = recent.find(AUTHORS.getFirst(), new MessageId(words.get(i % 8) + "-" + i / 8));
            assertEquals(Optional.of(new RecentIds.Place(i + 1, Instant.ofEpochMilli(i))), found);
        }
    }

    private static String id(final Random random, final int number) {
        return switch (random.nextInt(3)) {
                    case 0 -> "m" + number;
                    case 1 -> "AaBB-" + number;
                    default -> Long.toHexString(number * 0x9e37_79b9_7f4aL);
                }
                + "_" + number; // (author, id) stands once in a log, so it does here
    }

    private static void compare(
            final RecentIds recent,
            final List<Added> added,
            final long begins,
            final Random random,
            final String where) {
        final long last = begins + added.size();
        final long first = recent.completeFrom();
        assertEquals(begins + Math.max(0, added.size() - RecentIds.KEPT) + 1, first, where);
        for (long seq = begins + 1; seq <= last; seq++) {
            final var each = added.get((int) (seq - begins - 1));
            final var found = recent.find(each.author(), new MessageId(each.id()));
            final var expected = new RecentIds.Place(seq, Instant.ofEpochMilli(each.millis()));
            assertEquals(seq >= first ? Optional.of(expected) : Optional.empty(), found, where);
            if (seq >= first) {
                assertEquals(each.author(), recent.author(seq), where);
                assertEquals(each.id(), recent.id(seq), where);
                assertEquals(each.millis(), recent.timeMillis(seq), where);
            }
        }
        for (int i = 0; i < 20; i++) {
            final var stranger = new UserId("stranger");
            assertEquals(Optional.empty(), recent.find(stranger, new MessageId(id(random, i))), where);
        }
        final long after = first - 1 + random.nextLong(last - first + 2);
        for (final var author : AUTHORS) {
            final long others = added.subList((int) (after - begins), added.size()).stream()
                    .filter(each -> !each.author().equals(author))
                    .count();
            assertEquals(others, recent.countOfOthersAfter(after, author), where);
        }
    }
}
