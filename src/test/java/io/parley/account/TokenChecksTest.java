package io.parley.account;

import static io.parley.account.AccountFixtures.ADA;
import static io.parley.account.AccountFixtures.NOON;
import static io.parley.account.AccountFixtures.device;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.account.AccountReply.Confirmed;
import io.parley.account.AccountReply.NotNow;
import io.parley.account.AccountReply.ToConfirm;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class TokenChecksTest {
    private static final Confirmed LINKED = new Confirmed(ADA, "uid", List.of(new LinkedDevice(device(1), 2)), 3);
    private static final Confirmed REVOKED = new Confirmed(ADA, "uid", List.of(), 4);

    private final Deque<CompletableFuture<ToConfirm>> questions = new ArrayDeque<>();
    private int asked;
    private Instant now = NOON;
    private final TokenChecks checks = new TokenChecks(
            AccountSettings.from(AccountFixtures.config("parley.account.token-checks-max = 10")), () -> now, user -> {
                asked++;
                final var question = new CompletableFuture<ToConfirm>();
                questions.addLast(question);
                return question;
            });

    @Test
    void an_account_is_asked_once_in_two_seconds() {
        final var first = check(ADA);
        final var second = check(ADA);
        answer(LINKED);
        assertEquals(LINKED, first.toCompletableFuture().join());
        assertEquals(LINKED, second.toCompletableFuture().join());
        now = NOON.plusMillis(1_999);
        assertEquals(LINKED, check(ADA).toCompletableFuture().join());
        assertEquals(1, asked);
        now = NOON.plusSeconds(2);
        final var third = check(ADA);
        answer(REVOKED);
        assertEquals(REVOKED, third.toCompletableFuture().join());
    }

    @Test
    void after_a_change_on_this_node_the_account_is_asked_again_at_once() {
        check(ADA);
        answer(LINKED);
        checks.forget(ADA);
        final var after = check(ADA);
        answer(REVOKED);
        assertEquals(REVOKED, after.toCompletableFuture().join());
    }

    @Test
    void an_answer_that_does_not_let_somebody_in_is_asked_for_again() {
        check(ADA);
        answer(REVOKED);
        final var whoHasJustLoggedIn = checks.of(ADA, LINKED::equals);
        assertEquals(2, asked);
        answer(LINKED);
        assertEquals(LINKED, whoHasJustLoggedIn.toCompletableFuture().join());
        assertEquals(
                LINKED, checks.of(ADA, LINKED::equals).toCompletableFuture().join());
        assertEquals(2, asked);
    }

    @Test
    void an_answer_from_before_the_change_does_not_count_after_it() {
        final var before = check(ADA);
        checks.forget(ADA);
        final var after = check(ADA);
        answer(LINKED); // the first question's, which was overtaken
        answer(REVOKED);
        assertEquals(LINKED, before.toCompletableFuture().join());
        assertEquals(REVOKED, after.toCompletableFuture().join());
        assertEquals(REVOKED, check(ADA).toCompletableFuture().join());
    }

    @Test
    void an_answer_that_came_late_does_not_count_for_who_came_meanwhile() {
        final var first = check(ADA);
        now = NOON.plusMillis(1_500);
        final var meanwhile = check(ADA);
        now = NOON.plusMillis(2_500);
        answer(LINKED);
        assertEquals(LINKED, first.toCompletableFuture().join());
        answer(REVOKED);
        assertEquals(REVOKED, meanwhile.toCompletableFuture().join());
    }

    @Test
    void no_answer_is_not_remembered() {
        check(ADA);
        answer(new NotNow(ADA));
        final var next = check(ADA);
        answer(LINKED);
        assertEquals(LINKED, next.toCompletableFuture().join());
        checks.forget(ADA);
        check(ADA);
        questions.removeFirst().completeExceptionally(new IllegalStateException("lost"));
        final var afterFailure = check(ADA);
        answer(REVOKED);
        assertEquals(REVOKED, afterFailure.toCompletableFuture().join());
    }

    @Test
    void a_clock_that_went_back_proves_nothing() {
        check(ADA);
        answer(LINKED);
        now = NOON.minus(Duration.ofHours(1));
        final var after = check(ADA);
        answer(REVOKED);
        assertEquals(REVOKED, after.toCompletableFuture().join());
    }

    @Test
    void no_more_users_are_remembered_than_there_is_room_for() {
        for (int i = 0; i < 100; i++) {
            check(new UserId("user" + i));
        }
        assertEquals(10, checks.size());
    }

    private CompletionStage<ToConfirm> check(final UserId user) {
        return checks.of(user, _ -> true);
    }

    private void answer(final ToConfirm reply) {
        questions.removeFirst().complete(reply);
    }
}
