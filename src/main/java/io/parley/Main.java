package io.parley;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.parley.account.TokenKeys;
import io.parley.store.StoreException;
import java.io.IOException;

/// Starts one node. Settings come from `application.conf`, system properties and the environment
/// (docs/operations.md).
public final class Main {
    private Main() {}

    /// Exit status 2: a setting is wrong; 1: the node could not start. Either with one sentence on standard
    /// error.
    public static void main(final String[] args) {
        final Config config;
        final Settings settings;
        try {
            config = ConfigFactory.load();
            settings = Settings.of(config);
        } catch (final ConfigException | Settings.Wrong wrong) {
            System.err.println("Parley cannot start: " + wrong.getMessage());
            System.exit(2);
            return;
        }
        try {
            Node.start(config, settings);
        } catch (final StoreException | IOException | TokenKeys.Unusable failed) {
            System.err.println("Parley cannot start: " + failed.getMessage());
            System.exit(1);
        }
    }
}
