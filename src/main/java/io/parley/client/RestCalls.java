package io.parley.client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Makes REST calls at the nodes of a list: each at the node that did well last, and where [Repeat] allows it,
/// once at each of the others. More than one round is the caller's business, who knows whether somebody waits.
final class RestCalls {
    /// For the whole answer of one node.
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Addresses nodes; // guarded by itself
    private final ClientRuntime runtime;

    RestCalls(final Addresses nodes, final ClientRuntime runtime) {
        this.nodes = nodes;
        this.runtime = runtime;
    }

    /// What is asked: all of it but the node.
    ///
    /// @param path    from the `/` on, with its query
    /// @param timeout for the whole answer of one node
    /// @param within  how long after the first attempt another may be begun
    /// @param wasOurs whether a refusal, coming after an attempt whose outcome is not known, says that this
    ///                attempt had done it
    record Call(
            String path,
            HttpRequest.Builder request,
            Repeat repeat,
            Duration timeout,
            Duration within,
            Function<RefusedException, CompletableFuture<Boolean>> wasOurs) {
        private static final Duration ANY = Duration.ofDays(1);

        static Call of(final String path, final HttpRequest.Builder request, final Repeat repeat) {
            return new Call(path, request, repeat, TIMEOUT, ANY, refused -> CompletableFuture.completedFuture(false));
        }

        Call within(final Duration longest, final Duration each) {
            return new Call(path, request, repeat, each, longest, wasOurs);
        }

        Call wasOurs(final Function<RefusedException, CompletableFuture<Boolean>> judge) {
            return new Call(path, request, repeat, timeout, within, judge);
        }
    }

    /// The body of the answer; empty where only a refusal told that it had been done. Fails with
    /// [RefusedException], or an [java.io.IOException] where no node could be reached or none answered: what
    /// the last one of them said.
    CompletableFuture<String> make(final Call call) {
        synchronized (nodes) {
            return new Round(call, nodes.round(), runtime.nanos()).at(0);
        }
    }

    /// One call on its way round the list; one attempt at a time.
    private final class Round {
        private final Call call;
        private final List<URI> round;
        private final long sinceNanos;
        private boolean open; // whether an attempt failed that may have been carried out

        private Round(final Call call, final List<URI> round, final long sinceNanos) {
            this.call = call;
            this.round = round;
            this.sinceNanos = sinceNanos;
        }

        private CompletableFuture<String> at(final int index) {
            return ask(call, round.get(index)).exceptionallyCompose(thrown -> failed(index, thrown));
        }

        private CompletableFuture<String> failed(final int index, final Throwable thrown) {
            final var failure = Repeat.Failure.of(thrown);
            if (failure == Repeat.Failure.DECIDED) {
                return refused(thrown);
            }
            synchronized (nodes) {
                nodes.leave(round.get(index));
            }
            open |= failure != Repeat.Failure.UNSEEN;
            final var late = runtime.nanos() - sinceNanos > call.within().toNanos();
            return late || index + 1 >= round.size() || !call.repeat().allowedAfter(failure)
                    ? CompletableFuture.failedFuture(thrown)
                    : at(index + 1);
        }

        private CompletableFuture<String> refused(final Throwable thrown) {
            return open && Repeat.cause(thrown) instanceof final RefusedException refused
                    ? call.wasOurs()
                            .apply(refused)
                            .thenCompose(ours -> ours
                                    ? CompletableFuture.completedFuture("")
                                    : CompletableFuture.failedFuture(thrown))
                    : CompletableFuture.failedFuture(thrown);
        }
    }

    private CompletableFuture<String> ask(final Call call, final URI node) {
        final var request = call.request()
                .copy()
                .uri(node.resolve(call.path()))
                .timeout(call.timeout())
                .build();
        return runtime.http()
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenCompose(answer -> answer.statusCode() / 100 == 2
                        ? CompletableFuture.completedFuture(answer.body())
                        : CompletableFuture.failedFuture(RestAnswers.problem(answer)));
    }
}
