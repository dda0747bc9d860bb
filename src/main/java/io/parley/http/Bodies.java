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
        return read(request, BYTES_MAX);
    }

    /// As [#read(HttpRequest)], of a request that may be of another size.
    CompletionStage<Fields> read(final HttpRequest request, final int bytesMax) {
        if (!isJson(request)) {
            throw new Refused(Problem.wrongContentType());
        }
        return received(request, bytesMax).thenApply(Refused.unchecked(StrictJson::object));
    }

    /// The bytes that the request brings, of the type `application/octet-stream`. Fails with [Refused].
    CompletionStage<byte[]> readBytes(final HttpRequest request, final int bytesMax) {
        final var type = request.entity().getContentType().mediaType();
        if (!type.isApplication() || !type.subType().equals("octet-stream") || isEncoded(request)) {
            throw new Refused(Problem.wrongContentTypeOf("application/octet-stream"));
        }
        return received(request, bytesMax);
    }

    private CompletionStage<byte[]> received(final HttpRequest request, final int bytesMax) {
        final int drainedMax = Math.max(DRAINED_MAX, 2 * bytesMax);
        final var entity = request.entity();
        if (entity.getContentLengthOption().orElse(0) > drainedMax) {
            throw new Refused(Problem.tooLarge(bytesMax));
        }
        return entity.withoutSizeLimit()
                .getDataBytes()
                .completionTimeout(PATIENCE)
                .limitWeighted(drainedMax, part -> (long) part.size())
                .runFold(new Received(bytesMax), Received::add, system)
                .exceptionally(failure -> {
                    throw refused(Problems.unwrapped(failure), bytesMax);
                })
                .thenApply(Received::bytes);
    }

    private static RuntimeException refused(final Throwable failure, final int bytesMax) {
        return switch (failure) {
            case StreamLimitReachedException _ -> new Refused(Problem.tooLarge(bytesMax));
            case TimeoutException _ -> new Refused(ErrorCode.BAD_FRAME, "the request's body did not arrive in time");
            default -> new Refused(ErrorCode.BAD_FRAME, "the request's body could not be read to its end");
        };
    }

    private static boolean isJson(final HttpRequest request) {
        final var type = request.entity().getContentType().mediaType();
        return type.isApplication() && type.subType().equals("json") && !isEncoded(request);
    }

    private static boolean isEncoded(final HttpRequest request) {
        return request.getHeader("Content-Encoding")
                .map(encoding -> !encoding.value().equalsIgnoreCase("identity"))
                .orElse(false);
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
        private final int bytesMax;
        private boolean tooLarge;

        Received(final int bytesMax) {
            this.bytesMax = bytesMax;
        }

        Received add(final ByteString part) {
            tooLarge |= kept.size() + part.size() > bytesMax;
            if (!tooLarge) {
                kept.writeBytes(part.toArray());
            }
            return this;
        }

        byte[] bytes() {
            if (tooLarge) {
                throw new Refused(Problem.tooLarge(bytesMax));
            }
            return kept.toByteArray();
        }
    }
}
