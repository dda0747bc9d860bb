package io.parley.account;

import io.parley.account.AccountCounters.Counted;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Hashes passwords with Argon2id (RFC 9106) on threads of its own, a few at once and a few more waiting; who
/// comes beyond that gets [Full]. The parameters stand in each hash, so raising them leaves old hashes good.
final class Passwords implements AutoCloseable {
    /// Too many hashes are waiting already.
    static final class Full extends RuntimeException {
        Full() {
            super("too many passwords are being checked", null, false, false);
        }
    }

    /// @param matches whether it is the password
    /// @param rehash  the same password under today's parameters, if it matches and was hashed under others
    record Checked(boolean matches, Optional<PasswordHash> rehash) {}

    private record Parameters(int memoryKib, int iterations, int parallelism) {}

    private static final Pattern PHC =
            Pattern.compile("\\$argon2id\\$v=19\\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=([0-9]{1,2})"
                    + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{16,86})");
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final Parameters today;
    private final RandomGenerator random;
    private final ThreadPoolExecutor threads;
    private final LongAdder computed = new LongAdder();

    /// @param random secure: makes the salts
    Passwords(final AccountSettings.Passwords settings, final RandomGenerator random, final AccountCounters counters) {
        this.today = new Parameters(settings.memoryKib(), settings.iterations(), settings.parallelism());
        this.random = random;
        this.threads = new ThreadPoolExecutor(
                settings.threads(),
                settings.threads(),
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(settings.queue()),
                Thread.ofPlatform().daemon().name("parley-passwords-", 0).factory(),
                (task, pool) -> {
                    counters.add(Counted.HASHING_FULL);
                    throw new Full();
                });
        this.threads.allowCoreThreadTimeOut(true);
    }

    /// A new hash of `password`; fails with [Full].
    CompletionStage<PasswordHash> hash(final String password) {
        return run(() -> freshHash(password));
    }

    /// Whether `password` is the one behind `hash`. Without a hash it is not, after as much work: whether
    /// somebody exists is not to be seen by the time. Fails with [Full].
    CompletionStage<Checked> check(final Optional<PasswordHash> hash, final String password) {
        return run(() -> {
            if (hash.isEmpty()) {
                freshHash(password);
                return new Checked(false, Optional.empty());
            }
            return checkNow(hash.get(), password);
        });
    }

    /// How many hashes wait for a thread, now.
    int waiting() {
        return threads.getQueue().size();
    }

    /// How many hashes were computed.
    long computed() {
        return computed.sum();
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    private <T> CompletionStage<T> run(final Supplier<T> work) {
        final Executor executor = threads;
        try {
            return CompletableFuture.supplyAsync(work, executor);
        } catch (final Full full) {
            return CompletableFuture.failedFuture(full);
        }
    }

    private Checked checkNow(final PasswordHash hash, final String password) {
        final var match = PHC.matcher(hash.phc());
        if (!match.matches()) {
            throw new IllegalStateException("a stored password hash is in no form that this version knows");
        }
        final var parameters = new Parameters(
                Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)), Integer.parseInt(match.group(3)));
        final var salt = Base64.getDecoder().decode(match.group(4));
        final var stored = Base64.getDecoder().decode(match.group(5));
        final boolean matches = MessageDigest.isEqual(argon2id(parameters, salt, stored.length, password), stored);
        return new Checked(
                matches, matches && !parameters.equals(today) ? Optional.of(freshHash(password)) : Optional.empty());
    }

    private PasswordHash freshHash(final String password) {
        final var salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        final var hash = argon2id(today, salt, HASH_BYTES, password);
        final var base64 = Base64.getEncoder().withoutPadding();
        return new PasswordHash("$argon2id$v=19$m=" + today.memoryKib() + ",t=" + today.iterations() + ",p="
                + today.parallelism() + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash));
    }

    private byte[] argon2id(final Parameters parameters, final byte[] salt, final int bytes, final String password) {
        computed.increment();
        final var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(parameters.memoryKib())
                .withIterations(parameters.iterations())
                .withParallelism(parameters.parallelism())
                .withSalt(salt)
                .build());
        final var hash = new byte[bytes];
        generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
        return hash;
    }
}
