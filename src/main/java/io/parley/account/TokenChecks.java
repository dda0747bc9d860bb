package io.parley.account;

import io.parley.account.AccountReply.NotNow;
import io.parley.account.AccountReply.ToConfirm;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/// What accounts said of their devices in the last moments, so that not every REST call asks. Counted from when
/// the question was sent, so a token revoked on another node is refused here after that time at the latest. The
/// number of users is bounded; the longest unused is forgotten first.
final class TokenChecks {
    private record Asked(Instant sent, CompletionStage<ToConfirm> answer) {}

    private final Duration valid;
    private final InstantSource clock;
    private final Function<UserId, CompletionStage<ToConfirm>> ask;
    private final Map<UserId, Asked> askedByUser;

    /// @param ask puts the question to the account
    TokenChecks(
            final AccountSettings settings,
            final InstantSource clock,
            final Function<UserId, CompletionStage<ToConfirm>> ask) {
        this.valid = settings.tokenCheckValid();
        this.clock = clock;
        this.ask = ask;
        this.askedByUser = new Recent<>(settings.tokenChecksMax());
    }

    /// What the account says, or has just said.
    ///
    /// @param proves whether an answer lets in whoever asks. One that does not may be from before a login on
    ///     another node, so the account is asked again.
    CompletionStage<ToConfirm> of(final UserId user, final Predicate<ToConfirm> proves) {
        final Asked earlier;
        synchronized (askedByUser) {
            final var known = askedByUser.get(user);
            if (known == null || !isFresh(known)) {
                return anew(user);
            }
            earlier = known;
        }
        // the answer may be long in coming; one that is too old by then does not count for who came later
        return earlier.answer()
                .thenCompose(answer -> isFresh(earlier) && proves.test(answer)
                        ? CompletableFuture.completedStage(answer)
                        : later(user, earlier));
    }

    /// What was asked after `earlier`.
    private CompletionStage<ToConfirm> later(final UserId user, final Asked earlier) {
        synchronized (askedByUser) {
            final var known = askedByUser.get(user);
            return known == null || known.equals(earlier) || !isFresh(known) ? anew(user) : known.answer();
        }
    }

    private CompletionStage<ToConfirm> anew(final UserId user) {
        final var asked = new Asked(clock.instant(), ask.apply(user));
        askedByUser.put(user, asked);
        return asked.answer().whenComplete((answer, failure) -> {
            if (failure != null || answer instanceof NotNow) {
                forget(user, asked);
            }
        });
    }

    /// Something about the user's devices changed on this node: the next check asks anew. An answer that is
    /// still on its way is forgotten with it, since it may be from before the change.
    void forget(final UserId user) {
        synchronized (askedByUser) {
            askedByUser.remove(user);
        }
    }

    int size() {
        synchronized (askedByUser) {
            return askedByUser.size();
        }
    }

    private void forget(final UserId user, final Asked asked) {
        synchronized (askedByUser) {
            askedByUser.remove(user, asked);
        }
    }

    private boolean isFresh(final Asked asked) {
        final var age = Duration.between(asked.sent(), clock.instant());
        return !age.isNegative() && age.compareTo(valid) < 0; // a clock that went back proves nothing
    }
}
