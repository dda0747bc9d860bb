package io.parley.client;

import io.parley.id.UserId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Where a client gets the access token for its `hello`. A stage that fails counts as a broken link: it is
/// asked again after the back-off.
public interface TokenSource {
    /// Whose tokens these are.
    UserId user();

    /// The token to try.
    CompletionStage<String> token();

    /// A token instead of `refused`, which the server did not accept; empty if only logging in again can bring
    /// one.
    CompletionStage<Optional<String>> refresh(String refused);

    /// One token for ever, for programs that end before it does.
    static TokenSource fixed(final UserId user, final String token) {
        return new TokenSource() {
            @Override
            public UserId user() {
                return user;
            }

            @Override
            public CompletionStage<String> token() {
                return CompletableFuture.completedStage(token);
            }

            @Override
            public CompletionStage<Optional<String>> refresh(final String refused) {
                return CompletableFuture.completedStage(Optional.empty());
            }
        };
    }
}
