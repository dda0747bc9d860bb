package io.parley.client;

import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/// The tokens of one device's login, refreshed when they run out or are refused. One refresh at a time: refresh
/// tokens rotate, and an old one used again would unlink the device.
public final class RefreshingTokens implements TokenSource {
    /// A token this near its end might have passed it on arrival.
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final ParleyRest rest;
    private final ClientRuntime runtime;
    private final Consumer<Login> onChange;
    private Login login;
    private Optional<CompletableFuture<Login>> refreshing = Optional.empty();

    /// Tokens that are kept nowhere else.
    public RefreshingTokens(final ParleyRest rest, final Login login) {
        this(rest, login, ClientRuntime.shared(), changed -> {});
    }

    /// @param onChange stores the new login, before it is used: the one before is worth nothing any more
    public RefreshingTokens(
            final ParleyRest rest, final Login login, final ClientRuntime runtime, final Consumer<Login> onChange) {
        this.rest = rest;
        this.runtime = runtime;
        this.onChange = onChange;
        this.login = login;
    }

    /// The person has logged in again; [ParleyClient#resume()] should follow.
    public synchronized void loggedIn(final Login fresh) {
        login = fresh;
    }

    @Override
    public synchronized UserId user() {
        return login.user();
    }

    @Override
    public synchronized CompletionStage<String> token() {
        final Instant now = runtime.clock().instant();
        return now.plus(MARGIN).isBefore(login.expiresAt())
                ? CompletableFuture.completedStage(login.token())
                : refreshed().handle((fresh, failure) -> failure == null ? fresh.token() : current());
    }

    private synchronized String current() {
        return login.token(); // the server will say what is wrong with it
    }

    @Override
    public synchronized CompletionStage<Optional<String>> refresh(final String refused) {
        if (!refused.equals(login.token())) {
            return CompletableFuture.completedStage(Optional.of(login.token())); // a newer one has not been tried
        }
        return refreshed().handle((fresh, failure) -> {
            if (failure == null) {
                return Optional.of(fresh.token());
            }
            final var cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof final RefusedException why && why.endsLogin()) {
                return Optional.empty();
            }
            throw new CompletionException(failure);
        });
    }

    private synchronized CompletableFuture<Login> refreshed() {
        if (refreshing.isPresent() && !refreshing.get().isDone()) {
            return refreshing.get();
        }
        final var now = rest.refresh(login.refreshToken()).thenApply(this::changed);
        refreshing = Optional.of(now);
        return now;
    }

    private synchronized Login changed(final Login fresh) {
        onChange.accept(fresh);
        login = fresh;
        return fresh;
    }
}
