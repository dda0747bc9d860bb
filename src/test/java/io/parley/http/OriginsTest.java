package io.parley.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.junit.jupiter.api.Test;

final class OriginsTest {
    private final Origins origins = new Origins(new ApiSettings(
            Set.of("chat.example"),
            Set.of("https://App.example/"),
            List.of("http://127.0.0.1:8081", "https://Node2.example:443/"),
            List.of(),
            500,
            true,
            true));

    private boolean isAllowed(final String host, final String origin) {
        return origins.isAllowed(HttpRequest.GET("http://" + host + "/v1/ws")
                .addHeader(HttpHeader.parse("Host", host))
                .addHeader(HttpHeader.parse("Origin", origin)));
    }

    @Test
    void programs_that_are_no_page_may_connect() {
        assertEquals(
                true,
                origins.isAllowed(HttpRequest.GET("http://localhost/v1/ws").addHeader(HttpHeader.parse("Host", "x"))));
    }

    @Test
    void pages_of_this_node_and_of_allowed_origins_may_connect() {
        assertEquals(true, isAllowed("localhost:8080", "http://localhost:8080"));
        assertEquals(true, isAllowed("chat.example", "https://chat.example"));
        assertEquals(true, isAllowed("localhost:8080", "https://app.example"));
    }

    @Test
    void pages_of_the_other_nodes_may_connect() {
        assertEquals(true, isAllowed("127.0.0.1:8082", "http://127.0.0.1:8081"));
        assertEquals(true, isAllowed("127.0.0.1:8082", "https://node2.example"));
        assertEquals(false, isAllowed("127.0.0.1:8082", "http://127.0.0.1:8083"));
        assertEquals(false, isAllowed("127.0.0.1:8082", "http://node2.example"));
    }

    @Test
    void other_pages_may_not() {
        for (final var origin : List.of(
                "http://localhost:8081",
                "http://localhost",
                "https://evil.example",
                "null",
                "http://app.example",
                "https://app.example.evil.example")) {
            assertEquals(false, isAllowed("localhost:8080", origin), origin);
        }
    }
}
