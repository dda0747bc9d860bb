package io.parley.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Everything is lost but a backup, made and given back as `docs/operations.md` says.
@Tag("slow")
@Order(6)
final class CassandraBackupTest {
    private static final Duration SCRIPT_MAX = Duration.ofMinutes(2);
    private static final Duration SENT_MAX = Duration.ofSeconds(30);
    private static final int MESSAGES = 40;

    @TempDir
    private Path directory;

    @Test
    @DisabledIfSystemProperty(named = "parley.cassandra.skip", matches = "true")
    void after_a_loss_of_everything_the_backup_has_all_of_before_it_and_people_write_on() throws IOException {
        final var settings = LocalClusterSettings.aside(1, 1).withCassandra(CassandraSettings::withJmx);
        final var backup = directory.resolve("backup");
        final var keys = directory.resolve("keys");
        final Person ada;
        final Person bo;
        final List<String> before;
        try (var cluster = LocalCluster.start(directory.resolve("first"), settings, Lifetime.WITH_THIS_JVM)) {
            final var node = cluster.node(1);
            ada = Person.registered(node, "ada");
            bo = Person.registered(node, "bo");
            ada.logsIn(node);
            bo.logsIn(node);
            before = IntStream.range(0, MESSAGES).mapToObj(each -> "m" + each).toList();
            before.forEach(id -> assertEquals(201, ada.sends(node, id, bo).status()));
            node.stop();
            runs("backup", cluster.ring().node(1), backup);
            Files.copy(cluster.keys(), keys);
            node.start();
            node.awaitReady();
            ada.sendsUntilStored(cluster.nodes(), "after-the-backup", bo, SENT_MAX);
        } // kill -9
        try (var cluster = LocalCluster.in(directory.resolve("second"), settings, Lifetime.WITH_THIS_JVM)) {
            Files.copy(keys, cluster.keys());
            cluster.ring().start();
            cluster.prepare();
            runs("restore", cluster.ring().node(1), backup);
            cluster.start();
            assertEquals(before, bo.reads(cluster.node(1), ada), "with the token from before");
            ada.sendsUntilStored(cluster.nodes(), "new", bo, SENT_MAX);
            final var now = new ArrayList<>(before);
            now.add("new");
            assertEquals(now, bo.reads(cluster.node(1), ada));
            assertEquals(409, bo.registersAgain(cluster.node(1)).status(), "the account is there");
        }
    }

    @Test
    void a_backup_over_another_or_of_nothing_and_a_restore_of_half_of_one_are_refused() throws IOException {
        final var full = Files.createDirectories(directory.resolve("full"));
        Files.createFile(full.resolve("something"));
        Files.createDirectories(directory.resolve("data/parley"));
        final var data = directory.resolve("data").toString();
        assertEquals("backup: " + full + " is not empty", refused("backup", Map.of("DATA", data), full));
        final var none = directory.resolve("none");
        assertTrue(refused("backup", Map.of("DATA", none.toString()), none).startsWith("backup: there is no keyspace"));
        assertEquals(
                "restore: " + full + " is no whole backup: the file 'made' is missing",
                refused("restore", Map.of(), full));
    }

    @Test
    void the_backup_takes_every_table_but_those_that_are_of_the_moment() throws IOException {
        final var tables = new TreeSet<String>();
        for (final var script : List.of("tables-1.cql", "tables-2.cql")) {
            Pattern.compile("CREATE TABLE IF NOT EXISTS parley\\.([a-z_]+)")
                    .matcher(Files.readString(Path.of("src/main/resources/cassandra", script)))
                    .results()
                    .forEach(found -> tables.add(found.group(1)));
        }
        tables.removeAll(Set.of("keyspace_claim", "write_probe", "schema_version"));
        final var taken = Pattern.compile("for table in ([a-z_ ]+); do")
                .matcher(Files.readString(Path.of("ops/cassandra/backup")))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertEquals(
                List.of(tables),
                taken.stream()
                        .map(names -> new TreeSet<>(List.of(names.split(" ", -1))))
                        .toList());
    }

    private void runs(final String script, final CassandraNode on, final Path backup) throws IOException {
        final var said = directory.resolve(script + ".log");
        final var environment =
                Map.of("DATA", on.data().toString(), "NODETOOL", on.nodetool().toString());
        assertEquals(0, ended(script, environment, backup, said), () -> said(said));
    }

    private String refused(final String script, final Map<String, String> environment, final Path backup)
            throws IOException {
        final var said = Files.createTempFile(directory, script, ".log");
        assertEquals(1, ended(script, environment, backup, said), () -> said(said));
        return said(said).strip();
    }

    private static int ended(
            final String script, final Map<String, String> environment, final Path backup, final Path said) {
        final var process = LocalProcess.launch(
                List.of(Path.of("ops/cassandra", script).toAbsolutePath().toString(), backup.toString()),
                environment,
                Path.of("").toAbsolutePath(),
                said,
                Lifetime.WITH_THIS_JVM);
        assertTrue(process.endsWithin(SCRIPT_MAX), () -> said(said));
        return process.exitCode().orElseThrow();
    }

    private static String said(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException failed) {
            return "(nothing: " + failed.getMessage() + ")";
        }
    }
}
