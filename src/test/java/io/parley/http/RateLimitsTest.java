package io.parley.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.junit.jupiter.api.Test;

final class RateLimitsTest {
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");

    private Instant now = Instant.parse("2026-11-24T09:30:00Z");
    private final RateLimits limits = new RateLimits(true, () -> now);

    private void pass(final Duration time) {
        now = now.plus(time);
    }

    private static void times(final int times, final Runnable call) {
        for (int i = 0; i < times; i++) {
            call.run();
        }
    }

    private static String refused(final Runnable call) {
        final var problem = assertThrows(Refused.class, call::run).problem();
        assertEquals(ErrorCode.RATE_LIMITED, problem.code());
        return problem.headers().stream()
                .filter(header -> header.is("retry-after"))
                .map(HttpHeader::value)
                .findFirst()
                .orElse("none");
    }

    @Test
    void a_user_may_send_200_at_once_and_then_20_a_second() {
        times(200, () -> limits.send(ALICE));
        assertEquals("1", refused(() -> limits.send(ALICE)));
        limits.send(BOB); // each has his own
        pass(Duration.ofSeconds(1));
        times(20, () -> limits.send(ALICE));
        refused(() -> limits.send(ALICE));
    }

    @Test
    void what_was_read_to_recognise_a_resend_costs_sends() {
        limits.lookedUp(ALICE, 499);
        limits.lookedUp(ALICE, 100_000); // two hundred tokens
        assertEquals("1", refused(() -> limits.send(ALICE)));
    }

    @Test
    void an_address_may_register_30_an_hour_and_log_in_60_times_a_minute() {
        times(30, () -> limits.registration("10.0.0.1"));
        assertEquals("121", refused(() -> limits.registration("10.0.0.1")));
        limits.registration("10.0.0.2");
        pass(Duration.ofMinutes(2));
        limits.registration("10.0.0.1");
        refused(() -> limits.registration("10.0.0.1"));

        times(60, () -> limits.login("10.0.0.1"));
        assertEquals("2", refused(() -> limits.login("10.0.0.1")));
        pass(Duration.ofSeconds(1));
        limits.login("10.0.0.1");
    }

    @Test
    void whoever_named_too_many_unknown_users_gets_no_answers_about_users() {
        times(30, () -> limits.namedUnknown(ALICE, "10.0.0.1"));
        refused(() -> limits.namedUnknown(ALICE, "10.0.0.1"));
        refused(() -> limits.mayNameUsers(ALICE, "10.0.0.2"));
        limits.mayNameUsers(BOB, "10.0.0.1");
        pass(Duration.ofSeconds(2));
        limits.mayNameUsers(ALICE, "10.0.0.1");
    }

    @Test
    void an_address_names_at_most_120_unknown_users_a_minute() {
        for (int user = 0; user < 12; user++) {
            final var each = new UserId("user" + user);
            times(10, () -> limits.namedUnknown(each, "10.0.0.1"));
        }
        refused(() -> limits.mayNameUsers(ALICE, "10.0.0.1"));
        limits.mayNameUsers(ALICE, "10.0.0.2");
    }

    @Test
    void a_megabyte_a_second_may_be_read() {
        limits.page(ALICE);
        limits.pageRead(ALICE, 3 << 20);
        assertEquals("3", refused(() -> limits.page(ALICE)));
        pass(Duration.ofSeconds(3));
        limits.page(ALICE);
    }

    @Test
    void other_calls_are_50_a_second() {
        times(200, () -> limits.call(ALICE));
        refused(() -> limits.call(ALICE));
        pass(Duration.ofSeconds(1));
        times(50, () -> limits.call(ALICE));
        refused(() -> limits.call(ALICE));
    }

    @Test
    void many_users_do_not_fill_the_memory() {
        times(200, () -> limits.send(ALICE));
        for (int user = 0; user < 20_000; user++) {
            limits.send(new UserId("user" + user));
        }
        limits.send(ALICE); // forgotten, so anew
    }

    @Test
    void without_limits_everything_passes() {
        final var off = new RateLimits(false, () -> now);
        assertDoesNotThrow(() -> times(1_000, () -> {
            off.send(ALICE);
            off.registration("10.0.0.1");
            off.namedUnknown(ALICE, "10.0.0.1");
            off.pageRead(ALICE, 1 << 30);
            off.page(ALICE);
        }));
    }
}
