package io.parley.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.content.Octets;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that puts blobs, and binds every second one, as fast as it can and says what was done, killed in
/// the middle of it, again and again.
@Tag("slow")
final class EmbeddedBlobsKillTest {
    private static final int KILLS = 3;
    private static final int DONE_BEFORE_A_KILL = 150;
    private static final Duration DAY = Duration.ofHours(24);

    @TempDir
    Path directory;

    @Test
    void what_was_put_or_bound_before_a_kill_is_so_afterwards() throws Exception {
        final var told = new HashMap<String, Boolean>(); // by hash, whether it is bound
        for (int kill = 1; kill <= KILLS; kill++) {
            final var writer = new ChildJvm(Writer.class, directory.toString(), Integer.toString(kill));
            writer.awaitLines(DONE_BEFORE_A_KILL);
            for (final var line : writer.kill()) {
                final var words = line.split(" ", -1);
                if (words.length == 3 && words[2].equals(".")) { // the kill may have cut the last line
                    told.merge(words[1], words[0].equals("bound"), Boolean::logicalOr);
                }
            }
            judge(told);
        }
        assertTrue(told.size() > KILLS * DONE_BEFORE_A_KILL / 2, "only " + told.size());
    }

    private void judge(final Map<String, Boolean> told) throws Exception {
        try (var node = new StoreNode(directory);
                var blobs = blobs(directory, node)) {
            for (final var each : told.entrySet()) {
                final var sha256 = Octets.of(HexFormat.of().parseHex(each.getKey()));
                final var bytes = StoreNode.await(blobs.get("alice~bob", sha256));
                assertEquals(sha256, Octets.of(Checksum.sha256().digest(bytes.orElseThrow())));
                if (each.getValue()) {
                    assertEquals(
                            1,
                            node.count("SELECT count(*) FROM blob WHERE expires IS NULL AND sha256 = x'" + each.getKey()
                                    + "'"));
                }
            }
            assertEquals(0, node.count("SELECT count(*) FROM blob WHERE id NOT IN (SELECT id FROM blob_bytes)"));
            assertEquals(0, node.count("SELECT count(*) FROM blob_bytes WHERE id NOT IN (SELECT id FROM blob)"));
        }
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve(EmbeddedStore.FILE))) {
            assertEquals("ok", StoreNode.pragma(connection, "integrity_check"));
        }
    }

    private static EmbeddedBlobs blobs(final Path directory, final StoreNode node) {
        return new EmbeddedBlobs(
                directory.resolve(EmbeddedStore.FILE), JournalConnection.of(node.system()), DAY, Clock.systemUTC());
    }

    /// One blob after the other, small ones and large ones.
    static final class Writer {
        private Writer() {}

        public static void main(final String[] arguments) throws StoreException, IOException {
            StoreNode.quiet(); // the log would stand among the answers
            final var directory = Path.of(arguments[0]);
            final var blobs = blobs(directory, new StoreNode(directory));
            final var random = new Random(Long.parseLong(arguments[1]));
            Thread.ofPlatform().daemon().start(() -> {
                for (final int length : List.of(1_000, 50_000, Blobs.BYTES_MAX)) {
                    Thread.ofPlatform().daemon().start(() -> putting(blobs, random, length));
                }
            });
            if (System.in.read() < 0) { // until killed; or the test itself was
                System.exit(0);
            }
        }

        private static void putting(final Blobs blobs, final Random random, final int length) {
            for (boolean binds = false; ; binds = !binds) {
                final var bytes = new byte[length];
                random.nextBytes(bytes);
                final var sha256 = Octets.of(Checksum.sha256().digest(bytes));
                final var name = HexFormat.of().formatHex(sha256.toArray());
                StoreNode.await(blobs.put("alice~bob", sha256, bytes));
                System.out.println("put " + name + " .");
                if (binds) {
                    StoreNode.await(blobs.bind("alice~bob", Set.of(sha256)));
                    System.out.println("bound " + name + " .");
                }
            }
        }
    }
}
