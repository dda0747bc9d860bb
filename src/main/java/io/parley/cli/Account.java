package io.parley.cli;

import io.parley.client.Login;
import io.parley.client.ParleyRest;
import io.parley.client.RefusedException;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/// Somebody who is logged in here, and what a command needs to act for them.
///
/// @param login as it was when the command began
record Account(Nodes nodes, AccountHome home, Login login, ParleyRest rest, StoredTokens tokens) {
    UserId user() {
        return home.user();
    }

    /// Makes a REST call with a good token; with a fresh one if the server does not accept it.
    <T> T call(final Function<String, CompletableFuture<T>> what) throws Stop {
        try {
            final var token = tokens.current().orElseThrow(Stop::loginEnded);
            try {
                return what.apply(token).join();
            } catch (final CompletionException failed) {
                if (!isUnauthenticated(failed)) {
                    throw failed;
                }
                final var fresh = tokens.refresh(token).toCompletableFuture().join();
                return what.apply(fresh.orElseThrow(Stop::loginEnded)).join();
            }
        } catch (final CompletionException failed) {
            throw isUnauthenticated(failed) ? Stop.loginEnded() : Stop.of(failed);
        }
    }

    private static boolean isUnauthenticated(final CompletionException failed) {
        return failed.getCause() instanceof final RefusedException refused
                && refused.code() == ErrorCode.UNAUTHENTICATED;
    }
}
