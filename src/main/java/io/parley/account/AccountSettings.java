package io.parley.account;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The settings under `parley.account`; what each means stands beside its default in `account.conf`.
///
/// @param issuer          the `iss` of access tokens
/// @param accessTokenTtl  how long an access token is good
/// @param refreshGrace    how long the last refresh token gets the same new pair again
/// @param tokenCheckValid how long a node relies on what an account said of its devices
/// @param tokenChecksMax  most users whose devices a node remembers for that, and most tokens it knows to be
/// good
/// @param awayAfter       how long a device may stay away before it is unlinked for that
/// @param inboxTimeout    how long registration and login wait for the person's inbox
/// @param askTimeout      how long any other question to an account waits
/// @param passwords       the hashing of passwords
/// @param tokenKeys       the file of signing keys, if one is named
public record AccountSettings(
        String issuer,
        Duration accessTokenTtl,
        Duration refreshGrace,
        Duration tokenCheckValid,
        int tokenChecksMax,
        Duration awayAfter,
        Duration inboxTimeout,
        Duration askTimeout,
        Passwords passwords,
        Optional<Path> tokenKeys) {

    /// How passwords are hashed.
    ///
    /// @param memoryKib    Argon2id's memory in KiB
    /// @param iterations   Argon2id's passes over it
    /// @param parallelism  Argon2id's lanes
    /// @param threads      hashes computed at once on this node
    /// @param queue        most hashes that wait for a thread; further ones are `unavailable`
    /// @param refusalAfter a wrong password or unknown user is answered no sooner than this after the question
    public record Passwords(
            int memoryKib, int iterations, int parallelism, int threads, int queue, Duration refusalAfter) {
        public Passwords {
            require(parallelism >= 1 && parallelism <= 16, "passwords.parallelism must be 1 to 16");
            require(iterations >= 1 && iterations <= 100, "passwords.iterations must be 1 to 100");
            require(
                    memoryKib >= 8 * parallelism && memoryKib <= 1 << 20,
                    "passwords.memory must be 8 KiB a lane to 1 GiB");
            require(threads >= 1, "passwords.threads must be 1 or more");
            require(queue >= 1, "passwords.queue must be 1 or more");
        }
    }

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of its bounds
    public AccountSettings {
        require(!issuer.isEmpty(), "issuer must not be empty");
        require(accessTokenTtl.compareTo(Duration.ofSeconds(1)) >= 0, "access-token-ttl must be 1 s or more");
        require(awayAfter.isPositive(), "away-after must be more than 0");
        require(tokenChecksMax >= 1, "token-checks-max must be 1 or more");
    }

    /// Reads `parley.account` out of the whole configuration.
    ///
    /// @throws com.typesafe.config.ConfigException if a setting is missing or of the wrong kind
    /// @throws IllegalArgumentException if a number is out of its bounds
    public static AccountSettings from(final Config whole) {
        final var config = whole.getConfig("parley.account");
        final var passwords = config.getConfig("passwords");
        return new AccountSettings(
                config.getString("issuer"),
                config.getDuration("access-token-ttl"),
                config.getDuration("refresh-grace"),
                config.getDuration("token-check-valid"),
                config.getInt("token-checks-max"),
                config.getDuration("away-after"),
                config.getDuration("inbox-timeout"),
                config.getDuration("ask-timeout"),
                new Passwords(
                        Math.toIntExact(passwords.getBytes("memory") / 1024),
                        passwords.getInt("iterations"),
                        passwords.getInt("parallelism"),
                        threads(passwords.getString("threads")),
                        passwords.getInt("queue"),
                        passwords.getDuration("refusal-after")),
                Optional.of(config.getString("token-keys"))
                        .filter(path -> !path.isEmpty())
                        .map(Path::of));
    }

    private static int threads(final String setting) {
        return setting.equals("half")
                ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2)
                : Integer.parseInt(setting);
    }

    private static void require(final boolean holds, final String message) {
        if (!holds) {
            throw new IllegalArgumentException("parley.account." + message);
        }
    }
}
