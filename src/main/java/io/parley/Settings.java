package io.parley;

import com.typesafe.config.Config;
import io.parley.account.AccountSettings;
import io.parley.conversation.Encryption;
import io.parley.http.ApiSettings;
import io.parley.media.MediaSettings;
import io.parley.ops.AdminToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The settings under `parley` that the node itself needs, read once; what each means stands beside its default
/// in `application.conf`.
///
/// @param bind           address of the client port
/// @param port           client port; 0: any
/// @param managementBind address of the management port
/// @param managementPort management port; 0: any
/// @param dataDirectory  where the embedded store lives
/// @param cluster        what a node of a cluster needs to know; empty: the embedded store
/// @param api            what the client port needs to be told
/// @param accounts       what accounts need to be told
/// @param drainSpread    over how long drained clients come back
/// @param encryption     whether conversations are encrypted
/// @param media          what may be uploaded, and where it is kept
/// @param adminToken     what operators have to name; empty: nobody may administer
record Settings(
        String bind,
        int port,
        String managementBind,
        int managementPort,
        Path dataDirectory,
        Optional<ClusterSettings> cluster,
        ApiSettings api,
        AccountSettings accounts,
        Duration drainSpread,
        Encryption encryption,
        MediaSettings media,
        Optional<AdminToken> adminToken) {
    /// A setting that cannot be; its message is one sentence for the person who set it.
    static final class Wrong extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        Wrong(final String message) {
            super(message, null, false, false);
        }
    }

    /// Reads and checks them.
    static Settings of(final Config config) throws Wrong {
        final var parley = config.getConfig("parley");
        final var log = parley.getString("log"); // read by logback.xml, which would say nothing at all to another word
        if (!log.equals("text") && !log.equals("json")) {
            throw new Wrong("parley.log is text or json, not " + log);
        }
        final var store = parley.getString("store");
        final var cluster = switch (store) {
            case "embedded" -> {
                if (!parley.getString("seed-nodes").isBlank()) {
                    throw new Wrong(
                            "parley.store = embedded is for one node alone: unset parley.seed-nodes (PARLEY_SEED_NODES), or"
                                    + " set parley.store = cassandra (PARLEY_STORE)");
                }
                yield Optional.<ClusterSettings>empty();
            }
            case "cassandra" -> Optional.of(ClusterSettings.of(parley));
            default -> throw new Wrong("parley.store is embedded or cassandra, not " + store);
        };
        final AccountSettings accounts;
        try {
            accounts = AccountSettings.from(config);
        } catch (final IllegalArgumentException outOfBounds) {
            throw new Wrong(String.valueOf(outOfBounds.getMessage()));
        }
        if (cluster.isPresent() && accounts.tokenKeys().isEmpty()) {
            throw new Wrong(
                    "parley.store = cassandra needs parley.account.token-keys (PARLEY_TOKEN_KEYS): one file of keys"
                            + " for all nodes, made with the command `token-keys FILE`");
        }
        final var data = Path.of(parley.getString("data-dir"));
        return new Settings(
                parley.getString("bind"),
                port(parley, "port"),
                parley.getString("management-bind"),
                port(parley, "management-port"),
                data,
                cluster,
                api(parley),
                accounts,
                parley.getDuration("session.drain-spread"),
                encryption(parley.getString("encryption")),
                media(config, cluster.isPresent() ? Optional.empty() : Optional.of(data.resolve("media"))),
                adminToken(parley.getString("admin-token")));
    }

    private static MediaSettings media(final Config config, final Optional<Path> usual) throws Wrong {
        try {
            return MediaSettings.from(config, usual);
        } catch (final IllegalArgumentException outOfBounds) {
            throw new Wrong(String.valueOf(outOfBounds.getMessage()));
        }
    }

    private static Encryption encryption(final String word) throws Wrong {
        return switch (word) {
            case "required" -> Encryption.REQUIRED;
            case "default" -> Encryption.DEFAULT;
            case "off" -> Encryption.OFF;
            default -> throw new Wrong("parley.encryption is required, default or off, not " + word);
        };
    }

    private static Optional<AdminToken> adminToken(final String text) throws Wrong {
        try {
            return AdminToken.of(text);
        } catch (final IllegalArgumentException unusable) {
            throw new Wrong(String.valueOf(unusable.getMessage()));
        }
    }

    private static ApiSettings api(final Config parley) throws Wrong {
        final boolean registrationOpen = isRegistrationOpen(parley.getString("registration"));
        final boolean rateLimits = onOff(parley, "rate-limits");
        try {
            return new ApiSettings(
                    Set.copyOf(parley.getStringList("http.hosts")),
                    Set.copyOf(parley.getStringList("http.allowed-origins")),
                    list(parley.getString("http.nodes")),
                    list(parley.getString("http.trusted-proxies")),
                    parley.getInt("http.connections-per-address"),
                    registrationOpen,
                    rateLimits);
        } catch (final IllegalArgumentException outOfBounds) {
            throw new Wrong(String.valueOf(outOfBounds.getMessage()));
        }
    }

    private static int port(final Config parley, final String key) throws Wrong {
        final int port;
        try {
            port = parley.getInt(key);
        } catch (final com.typesafe.config.ConfigException notANumber) {
            throw new Wrong("parley." + key + " is a port number");
        }
        if (port < 0 || port > 65_535) {
            throw new Wrong("parley." + key + " is a port number, 0 to 65535, not " + port);
        }
        return port;
    }

    static boolean onOff(final Config parley, final String key) throws Wrong {
        return switch (parley.getString(key).toLowerCase(Locale.ROOT)) {
            case "on", "true" -> true;
            case "off", "false" -> false;
            default -> throw new Wrong("parley." + key + " is on or off");
        };
    }

    private static boolean isRegistrationOpen(final String word) throws Wrong {
        return switch (word) {
            case "open" -> true;
            case "closed" -> false;
            case "invite" -> throw new Wrong("parley.registration = invite is not built into this version yet");
            default -> throw new Wrong("parley.registration is open or closed, not " + word);
        };
    }

    private static List<String> list(final String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }
}
