package io.parley.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/// A node's management port, asked.
///
/// @param address   of the port
/// @param answerMax how long an answer may take
public record Management(URI address, Duration answerMax) {
    private static final class Http {
        private static final HttpClient CLIENT =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    }

    /// What `/health/ready` says; no when nobody answers.
    public boolean isReady() {
        return get("/health/ready").filter(answer -> answer.statusCode() == 200).isPresent();
    }

    /// A number of `/metrics`, without `parley_` before its name and with its labels behind it, as they stand
    /// there; 0 where it does not.
    public long metric(final String name) {
        return metrics().stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("parley_" + name + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(0);
    }

    /// All of `/metrics`; empty when nobody answers.
    public Optional<String> metrics() {
        return get("/metrics").map(HttpResponse::body);
    }

    private Optional<HttpResponse<String>> get(final String path) {
        final var request =
                HttpRequest.newBuilder(address.resolve(path)).timeout(answerMax).build();
        try {
            return Optional.of(Http.CLIENT.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (final IOException nobodyAnswers) {
            return Optional.empty();
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new LocalTrouble("stopped while asking " + address, stopped);
        }
    }
}
