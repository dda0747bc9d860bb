package io.parley.ops;

import io.parley.cluster.Counters;
import io.parley.http.Calls;
import io.parley.http.Problems;
import io.parley.http.Refused;
import io.parley.protocol.ErrorCode;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
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

    /// Answers once the node has started.
    Route started(final Calls.Answering call) {
        return Calls.answering(request -> {
            if (!started.getAsBoolean()) {
                throw new Refused(ErrorCode.UNAVAILABLE, "this node is still starting");
            }
            return call.answer(request);
        });
    }

    /// The answer to a call that changes something, logged and counted when it is known.
    ///
    /// @param what in lower case with underscores; counted as `admin_<what>`
    /// @param whom ids alone, checked: it gets into the log
    CompletionStage<HttpResponse> changing(
            final String what, final String whom, final CompletionStage<HttpResponse> answer) {
        counters.count(Counted.ADMIN + what);
        return answer.handle((response, failure) -> {
            final var said = failure == null ? response : Problems.response(failure);
            LOG.info("an operator's call: {} {}: {}", what, whom, said.status().intValue());
            return said;
        });
    }

    /// Counts a refusal.
    void count(final String name) {
        counters.count(name);
    }
}
