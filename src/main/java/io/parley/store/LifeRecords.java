package io.parley.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// When each life of this node, from one start to its end, last gave a sign: one small record for all its
/// sessions, so that after a crash everybody's last seen is right to a few seconds without a write per person.
/// Kept in the data directory, replaced as a whole, for the last [#LIVES_MAX] lives.
///
/// Safe from any thread.
public final class LifeRecords implements Lives {
    private static final String FILE = "lives";
    private static final int LIVES_MAX = 64;

    private final Path directory;
    private final String life;
    private final InstantSource clock;
    private final Map<String, Instant> lives; // guarded by this

    private LifeRecords(
            final Path directory, final String life, final InstantSource clock, final Map<String, Instant> lives) {
        this.directory = directory;
        this.life = life;
        this.clock = clock;
        this.lives = lives;
    }

    /// The records in `directory`; lines that make no sense are passed over.
    ///
    /// @param life the name of the life that begins: not used before, without white space
    public static LifeRecords open(final Path directory, final String life, final InstantSource clock)
            throws IOException {
        final var records = new LifeRecords(directory, life, clock, read(directory));
        records.alive();
        return records;
    }

    /// Those in `directory`, oldest first; none where there is no file.
    static Map<String, Instant> read(final Path directory) throws IOException {
        final var lives = new LinkedHashMap<String, Instant>();
        final var file = directory.resolve(FILE);
        if (Files.exists(file)) {
            for (final var line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) { // any byte reads
                final var parts = line.split(" ", 2);
                try {
                    if (parts.length == 2) {
                        lives.put(parts[0], Instant.ofEpochMilli(Long.parseLong(parts[1])));
                    }
                } catch (final NumberFormatException damaged) {
                    // a life whose end is not known: its sessions' own times serve
                }
            }
        }
        return lives;
    }

    @Override
    public String life() {
        return life;
    }

    @Override
    public synchronized Optional<Instant> lastAlive(final String of) {
        return of.equals(life) ? Optional.of(clock.instant()) : Optional.ofNullable(lives.get(of));
    }

    @Override
    public synchronized void alive() throws IOException {
        lives.remove(life);
        lives.put(life, clock.instant());
        while (lives.size() > LIVES_MAX) {
            lives.remove(lives.keySet().iterator().next());
        }
        final var text = new StringBuilder();
        lives.forEach((name, at) ->
                text.append(name).append(' ').append(at.toEpochMilli()).append('\n'));
        WholeFile.write(directory.resolve(FILE), text.toString());
    }
}
