package io.parley.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class PasswordsTest {
    private final AccountCounters counters = new AccountCounters();

    @Test
    void a_password_matches_its_hash_and_no_other_does() {
        try (var passwords = passwords(64, 1, 8)) {
            final var hash = join(passwords.hash("correct horse"));
            assertTrue(join(passwords.check(Optional.of(hash), "correct horse")).matches());
            assertFalse(join(passwords.check(Optional.of(hash), "correct hors")).matches());
            assertNotEquals(hash, join(passwords.hash("correct horse")), "the salt is another each time");
        }
    }

    @Test
    void a_hash_made_by_the_reference_implementation_matches() {
        // phc-winner-argon2: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 (its own test vector)
        final var hash = new PasswordHash(
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ" + "$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
        try (var passwords = passwords(64, 1, 8)) {
            assertTrue(join(passwords.check(Optional.of(hash), "password")).matches());
        }
    }

    @Test
    void raised_parameters_give_a_new_hash_at_the_next_right_password() {
        try (var before = passwords(64, 1, 8);
                var after = passwords(128, 2, 8)) {
            final var old = join(before.hash("correct horse"));
            assertEquals(
                    Optional.empty(),
                    join(after.check(Optional.of(old), "wrong horse")).rehash());
            final var rehash = join(after.check(Optional.of(old), "correct horse"))
                    .rehash()
                    .orElseThrow();
            assertTrue(rehash.phc().startsWith("$argon2id$v=19$m=128,t=2,p=1$"));
            final var checked = join(after.check(Optional.of(rehash), "correct horse"));
            assertEquals(new Passwords.Checked(true, Optional.empty()), checked);
        }
    }

    @Test
    void somebody_who_does_not_exist_costs_the_same_work() {
        try (var passwords = passwords(64, 1, 8)) {
            final var hash = join(passwords.hash("correct horse"));
            final long start = passwords.computed();
            assertFalse(join(passwords.check(Optional.of(hash), "wrong")).matches());
            final long wrong = passwords.computed() - start;
            assertFalse(join(passwords.check(Optional.empty(), "wrong")).matches());
            assertEquals(wrong, passwords.computed() - start - wrong);
        }
    }

    @Test
    void too_many_at_once_are_refused_and_counted() {
        try (var passwords = passwords(16_384, 1, 2)) {
            final var all = new ArrayList<CompletionStage<PasswordHash>>();
            for (int i = 0; i < 20; i++) {
                all.add(passwords.hash("correct horse"));
            }
            int full = 0;
            for (final var one : all) {
                try {
                    join(one);
                } catch (final CompletionException refused) {
                    assertInstanceOf(Passwords.Full.class, refused.getCause());
                    full++;
                }
            }
            assertTrue(full >= 1 && full <= 17, "refused " + full);
            assertEquals(full, counters.of(AccountCounters.Counted.HASHING_FULL));
        }
    }

    @Test
    void the_text_rules_hold() {
        assertEquals(Optional.empty(), Texts.wrongPassword(Texts.password("0123456789")));
        assertTrue(Texts.wrongPassword("012345678").isPresent());
        assertEquals(Optional.empty(), Texts.wrongPassword("\ud83d\ude00".repeat(256)), "code points, not units");
        assertTrue(Texts.wrongPassword("a".repeat(257)).isPresent());
        assertTrue(Texts.wrongPassword("012345678\ud83d").isPresent());
        assertEquals(Texts.password("caf\u00e9"), Texts.password("cafe\u0301"), "however the accent was typed");
        assertTrue(Texts.wrongPassword(Texts.password("cafe\u0301cafe\u0301")).isPresent(), "eight after NFC");
        assertEquals("Ada", Texts.name("  Ada "));
        assertTrue(Texts.wrongName("a name", Texts.name("   "), 64).isPresent());
        assertTrue(Texts.wrongName("a name", "a\u0000b", 64).isPresent());
        assertTrue(Texts.wrongName("a name", "a".repeat(65), 64).isPresent());
        assertEquals(Optional.empty(), Texts.wrongName("a name", "\ud83d\ude00".repeat(64), 64));
    }

    @Test
    void the_defaults_are_at_least_what_owasp_asks_for() {
        final var defaults = AccountSettings.from(com.typesafe.config.ConfigFactory.load(
                com.typesafe.config.ConfigFactory.parseResources("account.conf")));
        assertTrue(defaults.passwords().memoryKib() >= 19_456
                && defaults.passwords().iterations() >= 2);
        assertEquals(Duration.ofMinutes(15), defaults.accessTokenTtl());
        assertEquals(Duration.ofDays(30), defaults.awayAfter());
        assertEquals(Optional.empty(), defaults.tokenKeys());
        assertThrows(
                IllegalArgumentException.class,
                () -> AccountSettings.from(AccountFixtures.config("parley.account.passwords.memory = 4 KiB")));
    }

    private Passwords passwords(final int memoryKib, final int iterations, final int queue) {
        return new Passwords(
                new AccountSettings.Passwords(memoryKib, iterations, 1, 1, queue, Duration.ZERO),
                new SecureRandom(),
                counters);
    }

    private static <T> T join(final CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
