package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node's signs of life: what later lives know of earlier ones.
final class LifeRecordsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);

    @TempDir
    Path directory;

    @Test
    void a_life_that_ended_is_known_to_the_next_by_its_last_sign() throws IOException {
        final var first = open("first");
        now.set(NOON.plusSeconds(5));
        first.alive();
        now.set(NOON.plusSeconds(9)); // and then it was killed
        final var second = open("second");
        assertEquals("second", second.life());
        assertEquals(Optional.of(NOON.plusSeconds(5)), second.lastAlive("first"));
        assertEquals(Optional.empty(), second.lastAlive("another"));
    }

    @Test
    void the_life_that_goes_on_is_alive_now() throws IOException {
        final var life = open("first");
        now.set(NOON.plus(Duration.ofMinutes(3)));
        assertEquals(Optional.of(now.get()), life.lastAlive("first"));
    }

    @Test
    void the_sign_of_its_start_is_on_disk_at_once() throws IOException {
        open("first");
        assertEquals("first " + NOON.toEpochMilli() + "\n", Files.readString(directory.resolve("lives")));
        assertFalse(Files.exists(directory.resolve("lives.new")));
    }

    @Test
    void the_last_64_lives_are_kept() throws IOException {
        for (int i = 1; i <= 70; i++) {
            now.set(NOON.plusSeconds(i));
            open("life-" + i);
        }
        final var last = open("now");
        assertEquals(Optional.empty(), last.lastAlive("life-7"));
        assertEquals(Optional.of(NOON.plusSeconds(8)), last.lastAlive("life-8"));
        assertEquals(64, Files.readAllLines(directory.resolve("lives")).size());
    }

    @Test
    void a_damaged_file_costs_only_the_lines_that_are_damaged() throws IOException {
        final var lines =
                "good " + NOON.toEpochMilli() + "\n\nnonsense\nbad 12x\nlong 99999999999999999999\n\u00ff\u0000 1\n";
        Files.write(directory.resolve("lives"), lines.getBytes(StandardCharsets.ISO_8859_1));
        final var life = open("next");
        assertEquals(Optional.of(NOON), life.lastAlive("good"));
        assertEquals(Optional.empty(), life.lastAlive("bad"));
        assertEquals(Optional.empty(), life.lastAlive("long"));
        assertEquals(Optional.of(NOON), open("after").lastAlive("good"));
    }

    @Test
    void a_write_that_was_cut_off_leaves_the_records_before_it() throws IOException {
        open("first");
        Files.writeString(directory.resolve("lives.new"), "fir");
        assertEquals(Optional.of(NOON), open("second").lastAlive("first"));
    }

    @Test
    void a_directory_that_cannot_be_written_is_said_so() throws IOException {
        final var life = open("first");
        final var gone = directory.resolve("lives");
        Files.delete(gone);
        Files.delete(directory);
        assertThrows(IOException.class, life::alive);
    }

    private LifeRecords open(final String life) throws IOException {
        return LifeRecords.open(directory, life, now::get);
    }
}
