package io.parley.ops;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;

import java.util.function.BooleanSupplier;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;

/// What operators and their tools ask a node, without a token and without touching its data.
public final class ManagementPort {
    private ManagementPort() {}

    /// `/health/live` (the process answers), `/health/ready` (messages can be sent), `/metrics` (Prometheus
    /// text).
    ///
    /// @param ready   whether messages can be sent
    /// @param metrics answers `/metrics` ([MetricsRoute])
    public static Route route(final BooleanSupplier ready, final Route metrics) {
        return get(() -> concat(
                path(PathMatchers.segment("health").slash("live"), () -> complete(text(StatusCodes.OK, "live\n"))),
                path(
                        PathMatchers.segment("health").slash("ready"),
                        () -> complete(
                                ready.getAsBoolean()
                                        ? text(StatusCodes.OK, "ready\n")
                                        : text(StatusCodes.SERVICE_UNAVAILABLE, "not ready\n"))),
                path("metrics", () -> metrics)));
    }

    private static HttpResponse text(final StatusCode status, final String text) {
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, text));
    }
}
