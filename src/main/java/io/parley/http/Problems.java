package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;

import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Allow;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.MethodRejection;
import org.apache.pekko.http.javadsl.server.Rejection;
import org.apache.pekko.http.javadsl.server.RejectionHandler;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From whatever may go wrong with a request to the problem document its client gets.
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    /// Enough of a trace to find the place.
    private static final int FRAMES_LOGGED = 12;

    private Problems() {}

    /// The problem document of a failure. Only what nobody foresaw is logged.
    public static HttpResponse response(final Throwable failure) {
        return of(failure).response();
    }

    /// What the client is told of a failure. Only what nobody foresaw is logged.
    static Problem of(final Throwable failure) {
        final var cause = unwrapped(failure);
        return switch (cause) {
            case Refused refused -> refused.problem();
            case FrameException refused -> Problem.of(refused.error());
            case TimeoutException _ -> Problem.unavailable();
            case RejectedExecutionException _ -> Problem.unavailable(); // too many ask for it already
            case null, default -> {
                LOG.error("a call failed: {}", trace(cause));
                yield Problem.unavailable();
            }
        };
    }

    static Throwable unwrapped(final Throwable failure) {
        final var cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? unwrapped(cause) : failure;
    }

    /// Where it happened, without the message: that may quote what somebody sent.
    private static String trace(final Throwable failure) {
        final var frames = Arrays.stream(failure.getStackTrace())
                .limit(FRAMES_LOGGED)
                .map(frame -> "\n  at " + frame)
                .collect(Collectors.joining());
        final var cause = failure.getCause();
        return failure.getClass().getName()
                + frames
                + (cause == null ? "" : "\ncaused by " + cause.getClass().getName());
    }

    /// Answers what a route throws.
    public static ExceptionHandler exceptions() {
        return ExceptionHandler.newBuilder()
                .matchAny(failure -> complete(response(failure)))
                .build();
    }

    /// Answers requests that no route takes.
    public static RejectionHandler rejections() {
        return RejectionHandler.newBuilder()
                .handleAll(MethodRejection.class, Problems::wrongMethod)
                .handle(Rejection.class, _ -> complete(notUnderstood().response()))
                .handleNotFound(complete(Problem.of(ErrorCode.NOT_FOUND, "there is nothing at this path")
                        .response()))
                .build();
    }

    private static Route wrongMethod(final List<MethodRejection> rejections) {
        final var allowed =
                rejections.stream().map(MethodRejection::supported).distinct().toArray(HttpMethod[]::new);
        return complete(new Problem(
                        405, ErrorCode.INVALID, "this path does not take this method", List.of(Allow.create(allowed)))
                .response());
    }

    private static Problem notUnderstood() {
        return Problem.of(ErrorCode.INVALID, "the request is not of the form this path takes");
    }
}
