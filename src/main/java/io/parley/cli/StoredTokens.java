package io.parley.cli;

import io.parley.client.Login;
import io.parley.client.ParleyRest;
import io.parley.client.RefusedException;
import io.parley.client.TokenSource;
import io.parley.id.UserId;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/// The tokens of a login that several commands may use at once: the file is the truth, and whoever refreshes
/// holds its lock, looks again whether another has done so meanwhile, and writes the new ones before they are
/// used.
final class StoredTokens implements TokenSource {
    /// A token this near its end might have passed it on arrival.
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private static final Executor WAITING = task -> Thread.ofVirtual().start(task); // for locks and files

    private final AccountHome home;
    private final ParleyRest rest;
    private final InstantSource clock;

    StoredTokens(final AccountHome home, final ParleyRest rest, final InstantSource clock) {
        this.home = home;
        this.rest = rest;
        this.clock = clock;
    }

    @Override
    public UserId user() {
        return home.user();
    }

    @Override
    public CompletionStage<String> token() {
        return CompletableFuture.supplyAsync(() -> current().orElse(""), WAITING); // "" the server will refuse
    }

    @Override
    public CompletionStage<Optional<String>> refresh(final String refused) {
        return CompletableFuture.supplyAsync(
                () -> fresh(login -> !login.token().equals(refused)).map(Login::token), WAITING);
    }

    /// A token that is good for now, as far as this machine can tell.
    Optional<String> current() {
        try {
            final var login = home.login();
            if (login.isEmpty() || isGood(login.get())) {
                return login.map(Login::token);
            }
            return fresh(this::isGood).map(Login::token);
        } catch (final IOException broken) {
            throw new CompletionException(broken);
        }
    }

    private boolean isGood(final Login login) {
        return clock.instant().plus(MARGIN).isBefore(login.expiresAt());
    }

    /// A new login, unless another command has one that will do; empty if only the person can bring one.
    private synchronized Optional<Login> fresh(final Predicate<Login> willDo) {
        try (var _ = home.tokens().await()) {
            final var login = home.login();
            if (login.isEmpty() || willDo.test(login.get())) {
                return login;
            }
            final var next = rest.refresh(login.get().refreshToken()).join();
            home.keep(next);
            return Optional.of(next);
        } catch (final CompletionException failed) {
            if (failed.getCause() instanceof final RefusedException refused && refused.endsLogin()) {
                return Optional.empty();
            }
            throw failed;
        } catch (final IOException broken) {
            throw new CompletionException(broken);
        }
    }
}
