package io.parley.http;

import io.parley.protocol.ErrorCode;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/// What a request gets that cannot even be read as HTTP, so that no route sees it: a problem document like any
/// other, and no line in the log, since what is wrong with it somebody wrote. Named by
/// `pekko.http.server.parsing.error-handler`.
public final class ParsingProblems extends ParsingErrorHandler {
    @Override
    public HttpResponse handle(
            final StatusCode status, final ErrorInfo error, final LoggingAdapter log, final ServerSettings settings) {
        return switch (status.intValue()) {
            case 413 -> Problem.tooLarge(Bodies.BYTES_MAX).response();
            case 415 -> Problem.wrongContentType().response();
            default ->
                Problem.of(ErrorCode.BAD_FRAME, "this is not a request that can be read")
                        .response();
        };
    }
}
