package io.parley.ops;

import static org.apache.pekko.http.javadsl.server.Directives.completeWithFuture;
import static org.apache.pekko.http.javadsl.server.Directives.optionalHeaderValueByName;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// Metrics as Prometheus reads them: its text format, or OpenMetrics for who asks for that.
public final class MetricsRoute {
    private static final ExpositionFormats FORMATS = ExpositionFormats.init();

    private MetricsRoute() {}

    /// Answers every request that comes to it.
    ///
    /// @param look finds out the numbers of the moment
    public static Route of(final Supplier<CompletionStage<MetricSnapshots>> look) {
        return optionalHeaderValueByName("Accept", accepted -> {
            final var writer = FORMATS.findWriter(accepted.orElse(""));
            return completeWithFuture(look.get().thenApply(metrics -> written(metrics, writer)));
        });
    }

    private static HttpResponse written(final MetricSnapshots metrics, final ExpositionFormatWriter writer) {
        final var text = new ByteArrayOutputStream();
        try {
            writer.write(text, metrics);
        } catch (final IOException impossible) { // memory is no device
            throw new UncheckedIOException(impossible);
        }
        return HttpResponse.create()
                .withEntity(HttpEntities.create(ContentTypes.parse(writer.getContentType()), text.toByteArray()));
    }
}
