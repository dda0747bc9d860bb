package io.parley.client;

import java.io.IOException;
import java.io.Serial;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// The calls of one transfer, one after the other, at whatever node answers; waits, and gives up when nothing
/// more comes of it. Blocks its thread, a virtual one.
final class MediaCalls {
    /// A node that neither takes nor gives a byte for so long, and does not answer either, is as good as gone.
    /// It may read a large upload once more before it answers.
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    /// Fresh tokens that are refused one after the other.
    private static final int REFUSALS_MAX = 2;

    private static final int UNAUTHENTICATED = 401;
    private static final int RATE_LIMITED = 429;
    private static final int UNAVAILABLE = 503;

    /// Nothing more was to be had within the patience there is.
    static final class GaveUp extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        GaveUp(final String why) {
            super(why, null, false, false);
        }
    }

    /// Only the person can go on: there is no login any more.
    static final class LoggedOut extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        LoggedOut() {
            super("the login has ended", null, false, false);
        }
    }

    /// What came could not be taken here: nothing is wrong with the network.
    static final class NotTaken extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final transient IOException why;

        NotTaken(final IOException why) {
            super(why.getMessage(), why, false, false);
            this.why = why;
        }

        IOException why() {
            return why;
        }
    }

    private final Addresses nodes;
    private final TokenSource tokens;
    private final Duration patience;
    private final ClientRuntime runtime;
    private final TransferListener listener;
    private final AtomicLong sign = new AtomicLong();
    private OptionalLong failingSince =
            OptionalLong.empty(); // in nanoseconds; empty: nothing failed since bytes arrived
    private String refused = "";
    private int refusals;

    MediaCalls(
            final Addresses nodes,
            final TokenSource tokens,
            final Duration patience,
            final ClientRuntime runtime,
            final TransferListener listener) {
        this.nodes = nodes;
        this.tokens = tokens;
        this.patience = patience;
        this.runtime = runtime;
        this.listener = listener;
    }

    /// Bytes are moving; from any thread.
    void moves() {
        sign.set(runtime.nanos());
    }

    /// Bytes have arrived for good: what fails from now on fails for the first time.
    void arrived() {
        failingSince = OptionalLong.empty();
        nodes.steady();
    }

    /// Asks once. Empty: it did not come to an answer that says something about the upload; the wait that this
    /// costs is over, and it is time to try again, from what has arrived.
    ///
    /// @param path    from the `/` on
    /// @param request all of it but node and login
    <T> Optional<HttpResponse<T>> ask(
            final String path, final HttpRequest.Builder request, final HttpResponse.BodyHandler<T> handler)
            throws GaveUp, LoggedOut, InterruptedException {
        final HttpResponse<T> answer;
        final String token;
        try {
            token = token();
            request.setHeader("Authorization", "Bearer " + token)
                    .uri(nodes.current().resolve(path));
            answer = await(runtime.http().sendAsync(request.build(), handler));
        } catch (final IOException lost) {
            pause(Optional.empty(), lost.getMessage() == null ? "no connection" : lost.getMessage());
            return Optional.empty();
        }
        switch (answer.statusCode()) {
            case UNAUTHENTICATED -> {
                refused = token;
                refusals++;
                if (refusals > REFUSALS_MAX) {
                    throw new LoggedOut();
                }
            }
            case RATE_LIMITED, UNAVAILABLE -> pause(RestAnswers.retryAfter(answer), said(answer));
            default -> {
                if (answer.statusCode() / 100 != 5) {
                    refusals = 0;
                    return Optional.of(answer);
                }
                pause(Optional.empty(), said(answer));
            }
        }
        return Optional.empty();
    }

    private static String said(final HttpResponse<?> answer) {
        return answer.body() instanceof final String body && !body.isEmpty()
                ? answer.statusCode() + " " + RestAnswers.detail(body)
                : "a node answered " + answer.statusCode();
    }

    private String token() throws LoggedOut, IOException, InterruptedException {
        final var stage = refused.isEmpty() ? tokens.token().thenApply(Optional::of) : tokens.refresh(refused);
        final var token = await(stage.toCompletableFuture()).orElseThrow(LoggedOut::new);
        if (!refused.isEmpty() && token.equals(refused)) {
            throw new LoggedOut();
        }
        refused = "";
        return token;
    }

    /// Waits as long as there are signs of life.
    private <T> T await(final CompletableFuture<T> answer) throws IOException, InterruptedException {
        moves();
        try {
            while (true) {
                try {
                    return answer.get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                } catch (final TimeoutException notYet) {
                    if (runtime.nanos() - sign.get() > SILENCE_MAX.toNanos()) {
                        throw new IOException("nothing moved for " + SILENCE_MAX.toSeconds() + " s", notYet);
                    }
                }
            }
        } catch (final ExecutionException failed) {
            throw lost(failed);
        } finally {
            answer.cancel(true); // of no effect where it is there
        }
    }

    private static IOException lost(final ExecutionException failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof final NotTaken here) {
                throw here;
            }
        }
        return failed.getCause() instanceof final IOException lost
                ? lost
                : new IOException(String.valueOf(failed.getCause()), failed);
    }

    /// Waits before the next attempt, at another node where there is one.
    void pause(final Optional<Duration> wish, final String why) throws GaveUp, InterruptedException {
        final var wait = nodes.failed(wish, Duration.ZERO);
        final long now = runtime.nanos();
        final long since = failingSince.orElse(now);
        failingSince = OptionalLong.of(since);
        if (now + wait.toNanos() - since > patience.toNanos()) {
            throw new GaveUp(why);
        }
        listener.waiting(wait, why);
        final var over = new CompletableFuture<Void>().completeOnTimeout(null, wait.toMillis(), TimeUnit.MILLISECONDS);
        try {
            over.get();
        } catch (final ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }
}
