package io.parley.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/// A REST call at one node, made once.
public final class RestCall {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private RestCall() {}

    /// What a node answered.
    ///
    /// @param status 0 where it did not
    public record Answer(int status, JsonNode body) {
        private static final Answer NONE = new Answer(0, JSON.missingNode());

        /// A message stands in the log.
        public boolean isStored() {
            return status == 200 || status == 201;
        }

        /// The code of a refusal.
        public String code() {
            return body.path("code").asText();
        }
    }

    /// Makes it.
    ///
    /// @param token empty: none
    /// @param body  of a `POST`
    public static Answer make(
            final URI node,
            final String method,
            final String path,
            final String token,
            final Map<String, Object> body) {
        try {
            final var request = HttpRequest.newBuilder(node.resolve(path))
                    .timeout(ANSWER_MAX)
                    .method(
                            method,
                            method.equals("GET")
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                    .header("Content-Type", "application/json");
            if (!token.isEmpty()) {
                request.header("Authorization", "Bearer " + token);
            }
            final var answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
        } catch (final JsonProcessingException broken) {
            throw new AssertionError(method + " " + path + " was answered with something that is not JSON", broken);
        } catch (final IOException nobody) {
            return Answer.NONE;
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("stopped during " + method + " " + path, stopped);
        }
    }
}
