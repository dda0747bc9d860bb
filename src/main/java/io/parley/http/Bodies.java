package io.parley.http;

import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.StrictJson;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.stream.StreamLimitReachedException;
import org.apache.pekko.util.ByteString;

/// Reads the bodies of requests: one JSON object each.
public final class Bodies {
    /// The largest body that is looked at.
    static final int BYTES_MAX = 65_536;

    /// What is received, and thrown away, so that a client that sends too much hears why; beyond it the
    /// connection ends.
    private static final int DRAINED_MAX = 1 << 20;

    /// How long a body may take to arrive. A client this slow holds a connection that others want.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ActorSystem<?> system;

    /// Reads on the streams of `system`.
    public Bodies(final ActorSystem<?> system) {
        this.system = system;
    }

    /// The members of the object that the request brings. Fails with [Refused].
    public CompletionStage<Fields> read(final HttpRequest request) {
        if (!isJson(request)) {
            throw new Refused(Problem.wrongContentType());
        }
        final var entity = request.entity();
        if (entity.getContentLengthOption().orElse(0) > DRAINED_MAX) {
            throw new Refused(Problem.tooLarge(BYTES_MAX));
        }
        return entity.withoutSizeLimit()
                .getDataBytes()
                .completionTimeout(PATIENCE)
                .limitWeighted(DRAINED_MAX, part -> (long) part.size())
                .runFold(new Received(), Received::add, system)
                .exceptionally(failure -> {
                    throw refused(Problems.unwrapped(failure));
                })
                .thenApply(Refused.unchecked(received -> StrictJson.object(received.bytes())));
    }

    private static RuntimeException refused(final Throwable failure) {
        return switch (failure) {
            case StreamLimitReachedException _ -> new Refused(Problem.tooLarge(BYTES_MAX));
            case TimeoutException _ -> new Refused(ErrorCode.BAD_FRAME, "the request's body did not arrive in time");
            default -> new Refused(ErrorCode.BAD_FRAME, "the request's body could not be read to its end");
        };
    }

    private static boolean isJson(final HttpRequest request) {
        final var type = request.entity().getContentType().mediaType();
        return type.isApplication()
                && type.subType().equals("json")
                && request.getHeader("Content-Encoding")
                        .map(encoding -> encoding.value().equalsIgnoreCase("identity"))
                        .orElse(true);
    }

    /// Sees to what a refused request still sends: a little is received so that the connection can go on, more
    /// ends it.
    public HttpResponse finished(final HttpRequest request, final HttpResponse response) {
        final var entity = request.entity();
        if (entity.isStrict() || response.status().intValue() < 400) {
            return response;
        }
        if (entity.getContentLengthOption().orElse(0) > DRAINED_MAX) {
            return response.addHeader(Connection.create("close"));
        }
        // where it was read already this does nothing
        final var _ = entity.withSizeLimit(DRAINED_MAX).discardBytes(system);
        return response;
    }

    /// What came of a body, kept as far as it may be used.
    private static final class Received {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream(256);
        private boolean tooLarge;

        Received add(final ByteString part) {
            tooLarge |= kept.size() + part.size() > BYTES_MAX;
            if (!tooLarge) {
                kept.writeBytes(part.toArray());
            }
            return this;
        }

        byte[] bytes() {
            if (tooLarge) {
                throw new Refused(Problem.tooLarge(BYTES_MAX));
            }
            return kept.toByteArray();
        }
    }
}
