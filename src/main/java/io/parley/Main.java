package io.parley;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.parley.account.TokenKeys;
import io.parley.media.MediaCheck;
import io.parley.store.StoreException;
import io.parley.store.cassandra.CassandraSchema;
import io.parley.store.cassandra.MoveToCassandra;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/// Starts one node, or does one of the few things that have to be done before the first node of a cluster.
/// Settings come from `application.conf`, system properties and the environment (docs/operations.md).
public final class Main {
    private static final String USAGE = """
            Without a word: starts a node. Settings: docs/operations.md.

              schema [REPLICAS]  makes Parley's keyspace and tables in Cassandra (PARLEY_CASSANDRA): each row on
                                 REPLICAS nodes, 3 by default, 1 for a Cassandra of one node. May be repeated.
              token-keys FILE    makes a file of keys that sign access tokens (PARLEY_TOKEN_KEYS), the same one for
                                 all nodes of a cluster.
              move-to-cassandra [--rate N] [--verify]
                                 moves what a stopped node has stored in PARLEY_DATA_DIR to Cassandra (PARLEY_CASSANDRA,
                                 after `schema`), at most N events a second, reads it back and compares. May be
                                 repeated: it goes on where it was. --verify: compares again, and writes nothing.
              verify-media [--quick]
                                 reads all uploads (PARLEY_MEDIA_DIR, or in PARLEY_DATA_DIR) and names those that are
                                 lost or damaged; nodes may run meanwhile. --quick: looks only at their lengths. Exit
                                 status 3: some are.
              help               says this.
            """;

    private static final int REPLICAS = 3;
    private static final int REPLICAS_MAX = 9;
    private static final int DAMAGED = 3;

    private Main() {}

    /// Exit status 2: a setting or word is wrong; 1: it could not be done. Either with one sentence on standard
    /// error.
    public static void main(final String[] args) {
        try {
            switch (args.length == 0 ? "" : args[0]) {
                case "" -> startNode();
                case "schema" -> makeSchema(List.of(args));
                case "token-keys" -> makeTokenKeys(List.of(args));
                case "move-to-cassandra" -> moveToCassandra(List.of(args));
                case "verify-media" -> verifyMedia(List.of(args));
                case "help", "-h", "--help" -> System.out.print(USAGE);
                default -> throw new Settings.Wrong("there is no command " + args[0] + "; `help` names them");
            }
        } catch (final ConfigException | Settings.Wrong wrong) {
            System.err.println("Parley cannot start: " + wrong.getMessage());
            System.exit(2);
        } catch (final StoreException | IOException | TokenKeys.Unusable failed) {
            System.err.println("Parley cannot start: " + failed.getMessage());
            System.exit(1);
        }
    }

    private static void startNode() throws Settings.Wrong, StoreException, IOException {
        final var config = config();
        final var settings = Settings.of(config);
        if (settings.cluster().isPresent()) {
            Node.start(settings.cluster().get().asPekkoConfig().withFallback(config), settings);
        } else {
            Node.start(config, settings);
        }
    }

    /// The defaults, with those of the store that was chosen laid over them.
    private static Config config() {
        final var chosen = ConfigFactory.load();
        return chosen.getString("parley.store").equals("cassandra") ? withCassandra() : chosen;
    }

    private static Config withCassandra() {
        return ConfigFactory.defaultOverrides()
                .withFallback(ConfigFactory.parseResources("cassandra.conf"))
                .withFallback(ConfigFactory.defaultApplication())
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve();
    }

    private static void makeSchema(final List<String> words) throws Settings.Wrong, StoreException {
        int replicas = REPLICAS;
        if (words.size() > 1) {
            try {
                replicas = Integer.parseInt(words.get(1));
            } catch (final NumberFormatException notANumber) {
                replicas = 0;
            }
        }
        if (replicas < 1 || replicas > REPLICAS_MAX || words.size() > 2) {
            throw new Settings.Wrong("schema takes a number of replicas, 1 to " + REPLICAS_MAX);
        }
        CassandraSchema.apply(withCassandra(), replicas);
        System.out.println("The keyspace and its tables are there, each row on " + replicas + " node(s).");
    }

    private static void moveToCassandra(final List<String> words) throws Settings.Wrong {
        boolean compareOnly = false;
        long rate = 0;
        for (int i = 1; i < words.size(); i++) {
            switch (words.get(i)) {
                case "--verify" -> compareOnly = true;
                case "--rate" -> rate = i + 1 < words.size() ? rate(words.get(++i)) : rate("");
                default -> throw new Settings.Wrong("move-to-cassandra takes --rate N and --verify");
            }
        }
        final var config = withCassandra();
        final var directory = Path.of(config.getString("parley.data-dir"));
        try {
            MoveToCassandra.run(config, directory, new MoveToCassandra.Wish(compareOnly, rate), System.out::println);
        } catch (final StoreException failed) {
            System.err.println("Not moved: " + failed.getMessage());
            System.exit(1);
        }
        final var keys = directory.resolve("token-keys.json").toAbsolutePath().normalize();
        System.out.println("Give the nodes "
                + (Files.exists(keys) ? keys : "the file of token keys that the node had")
                + " as PARLEY_TOKEN_KEYS, or everybody has to log in again.");
    }

    private static void verifyMedia(final List<String> words) throws Settings.Wrong {
        final boolean quick = words.contains("--quick");
        if (words.size() > (quick ? 2 : 1)) {
            throw new Settings.Wrong("verify-media takes --quick, or nothing");
        }
        final var config = config();
        final var usual = Path.of(config.getString("parley.data-dir")).resolve("media");
        final var directory = Path.of(config.getString("parley.media.directory").strip());
        final MediaCheck.Result result;
        try {
            result = MediaCheck.run(
                    directory.toString().isEmpty() ? usual : directory, quick, System.out::println, System::nanoTime);
        } catch (final IOException failed) {
            System.err.println("Not looked at: " + failed.getMessage());
            System.exit(1);
            return;
        }
        System.out.println((quick ? "Looked at the lengths of " : "Read ") + result.uploads() + " uploads, "
                + result.bytes() + " bytes; " + result.unfinished() + " of them have not come whole yet. "
                + (result.damaged() == 0 ? "All are as they should be." : "Lost or damaged: " + result.damaged()));
        if (result.damaged() > 0) {
            System.exit(DAMAGED);
        }
    }

    private static long rate(final String word) throws Settings.Wrong {
        try {
            final long rate = Long.parseLong(word);
            if (rate > 0) {
                return rate;
            }
        } catch (final NumberFormatException notANumber) {
            // as below
        }
        throw new Settings.Wrong("--rate takes a number of events a second");
    }

    private static void makeTokenKeys(final List<String> words) throws Settings.Wrong, IOException {
        if (words.size() != 2) {
            throw new Settings.Wrong("token-keys takes the name of the file to make");
        }
        final var file = Path.of(words.get(1));
        if (Files.exists(file)) {
            throw new IOException("there is a file " + file + " already: whoever loses its keys ends all sessions");
        }
        TokenKeys.readOrCreate(file, new SecureRandom());
        System.out.println("Made " + file + ", readable for you alone. Give every node of the cluster the same file.");
    }
}
