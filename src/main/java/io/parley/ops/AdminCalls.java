package io.parley.ops;

import static org.apache.pekko.http.javadsl.server.Directives.handle;

import io.parley.cluster.Counters;
import io.parley.http.Problem;
import io.parley.http.Problems;
import io.parley.http.Refused;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What all calls of operators have in common: none before the node can answer, each change is logged and
/// counted, refusals of any kind become problem documents.
final class AdminCalls {
    private static final Logger LOG = LoggerFactory.getLogger(AdminCalls.class);

    private final BooleanSupplier started;
    private final Counters counters;

    /// @param started whether the entities can be asked
    AdminCalls(final BooleanSupplier started, final Counters counters) {
        this.started = started;
        this.counters = counters;
    }

    /// Anything that can be answered or refused.
    @FunctionalInterface
    interface Call {
        CompletionStage<HttpResponse> answer(HttpRequest request) throws FrameException;
    }

    /// Answers once the node has started.
    Route started(final Call call) {
        return answering(request -> {
            if (!started.getAsBoolean()) {
                throw new Refused(ErrorCode.UNAVAILABLE, "this node is still starting");
            }
            return call.answer(request);
        });
    }

    /// Answers at any time.
    Route answering(final Call call) {
        return handle(request -> start(call, request).exceptionally(failure -> response(failure)));
    }

    private static CompletionStage<HttpResponse> start(final Call call, final HttpRequest request) {
        try {
            return call.answer(request);
        } catch (final FrameException | RuntimeException refused) {
            return CompletableFuture.failedStage(refused);
        }
    }

    private static HttpResponse response(final Throwable failure) {
        final var cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RejectedExecutionException // somebody lists already
                ? Problem.unavailable().response()
                : Problems.response(failure);
    }

    /// The answer to a call that changes something, logged and counted when it is known.
    ///
    /// @param what in lower case with underscores; counted as `admin_<what>`
    /// @param whom ids alone, checked: it gets into the log
    CompletionStage<HttpResponse> changing(
            final String what, final String whom, final CompletionStage<HttpResponse> answer) {
        counters.count(Counted.ADMIN + what);
        return answer.handle((response, failure) -> {
            final var said = failure == null ? response : response(failure);
            LOG.info("an operator's call: {} {}: {}", what, whom, said.status().intValue());
            return said;
        });
    }

    /// Counts a refusal.
    void count(final String name) {
        counters.count(name);
    }
}
