package io.parley.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.account.Caller;
import io.parley.conversation.Entry;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ClassicHistoryTest {
    private static final UserId ALICE = new UserId("alice");
    private static final Caller READER = new Caller(ALICE, DeviceId.of(1), 1, "the uid of alice");
    private static final UserId BOB = new UserId("bob");
    private static final ConversationId BOTH = ConversationId.between(ALICE, BOB);
    private static final Instant START = Instant.parse("2026-11-24T09:30:00.000Z");

    private final FakeEntities entities = new FakeEntities();
    private final ClassicHistory classic = new ClassicHistory(new History(entities, entities));

    ClassicHistoryTest() {
        entities.exists(ALICE);
        entities.exists(BOB);
    }

    private void append(final long millis, final String text) {
        entities.at(START.plusMillis(millis));
        final long next = entities.log(BOTH).size() + 1L;
        entities.append(
                BOTH,
                next % 3 == 0 ? ALICE : BOB,
                DeviceId.of(1),
                new MessageId("m" + next),
                FakeEntities.text(text),
                Optional.empty());
    }

    private List<Long> read(final ClassicHistory.Asked asked) {
        final var page = classic.read(READER, BOTH, asked).toCompletableFuture().join();
        assertEquals(entities.log(BOTH).size(), page.head());
        return page.entries().stream().map(Entry::seq).toList();
    }

    /// The call as the contract words it.
    private List<Long> model(final ClassicHistory.Asked asked) {
        final var newestFirst = new ArrayList<>(entities.log(BOTH)).reversed();
        return newestFirst.stream()
                .filter(entry -> asked.after().map(entry.time()::isAfter).orElse(true))
                .skip(asked.offset())
                .limit(asked.count())
                .map(Entry::seq)
                .sorted()
                .toList();
    }

    @Test
    void the_classic_call_answers_as_its_words_say() {
        final long seed = new Random().nextLong();
        final var random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            entities.keepInMemory(random.nextInt(0, 80));
            long millis = entities.log(BOTH).isEmpty() ? 0 : 1_000L * round;
            for (int i = random.nextInt(0, 12); i > 0; i--) {
                millis += random.nextInt(0, 3);
                append(millis, "x");
            }
            for (int call = 0; call < 60; call++) {
                final Optional<Instant> after = random.nextInt(4) == 0
                        ? Optional.empty()
                        : Optional.of(START.plusMillis(1_000L * random.nextInt(-1, round + 2) + random.nextInt(0, 25)));
                final int most = entities.log(BOTH).size() + 3;
                final var asked = new ClassicHistory.Asked(
                        random.nextInt(3) == 0 ? 0 : random.nextInt(0, most), 1 + random.nextInt(0, 200), after);
                assertEquals(model(asked), read(asked), "seed " + seed + ", " + asked);
            }
        }
    }

    @Test
    void all_that_was_asked_for_comes_even_where_a_page_would_be_cut() {
        for (int i = 0; i < 60; i++) {
            append(i, "y".repeat(4_000));
        }
        final var asked = new ClassicHistory.Asked(5, 50, Optional.empty());
        assertEquals(model(asked), read(asked));
        assertEquals(50, read(asked).size());
    }

    @Test
    void a_time_long_ago_is_found_with_a_few_reads() {
        for (int i = 0; i < 20_000; i++) {
            append(i, "z");
        }
        final var asked = new ClassicHistory.Asked(10_000, 10, Optional.of(START.plusMillis(4_999)));
        assertEquals(model(asked), read(asked));
        final int before = entities.logReads();
        read(asked);
        final int reads = entities.logReads() - before;
        assertTrue(reads <= 20, reads + " reads");
    }

    @Test
    void an_empty_log_has_nothing() {
        assertEquals(List.of(), read(new ClassicHistory.Asked(0, 50, Optional.of(START))));
    }
}
