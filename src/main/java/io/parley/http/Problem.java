package io.parley.http;

import io.parley.protocol.ErrorCode;
import io.parley.protocol.GroupAt;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.ServerFrame;
import io.parley.session.Frames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.pekko.http.javadsl.model.AttributeKey;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/// Why a request was refused, as RFC 9457 wants it told.
///
/// @param status  the HTTP status
/// @param code    the protocol's word
/// @param detail  for people; never a secret and never what was sent
/// @param headers that go with this refusal
/// @param group   where a conversation's group stands, if the caller thought it elsewhere
public record Problem(int status, ErrorCode code, String detail, List<HttpHeader> headers, Optional<GroupAt> group) {
    /// How soon to try again after `unavailable`, in seconds: enough for an entity to recover or to move.
    private static final int UNAVAILABLE_RETRY_SECONDS = 2;

    /// Of the response, for whoever counts them.
    static final AttributeKey<ErrorCode> CODE = AttributeKey.create("refused with", ErrorCode.class);

    private static final int RETRY_SECONDS_MAX = 86_400;
    private static final ContentType PROBLEM_JSON = ContentTypes.parse("application/problem+json");

    Problem(final int status, final ErrorCode code, final String detail, final List<HttpHeader> headers) {
        this(status, code, detail, headers, Optional.empty());
    }

    /// A refusal with the status of its code.
    public static Problem of(final ErrorCode code, final String detail) {
        return new Problem(code.httpStatus(), code, detail, headers(code, OptionalInt.empty()));
    }

    /// What a conversation or a user refused.
    static Problem of(final Frames.Refused refused) {
        return new Problem(
                refused.code().httpStatus(),
                refused.code(),
                refused.message(),
                headers(refused.code(), OptionalInt.empty()),
                refused.group());
    }

    /// The refusal a frame would have got, as an answer to a request.
    static Problem of(final ServerFrame.Refusal refusal) {
        return new Problem(
                refusal.code().httpStatus(),
                refusal.code(),
                refusal.message(),
                headers(refusal.code(), refusal.retryAfterSeconds()));
    }

    static Problem rateLimited(final String detail, final long retryAfterSeconds) {
        return new Problem(
                ErrorCode.RATE_LIMITED.httpStatus(),
                ErrorCode.RATE_LIMITED,
                detail,
                headers(ErrorCode.RATE_LIMITED, OptionalInt.of((int) Math.min(retryAfterSeconds, RETRY_SECONDS_MAX))));
    }

    /// Nothing is known of what became of the request; it may be said again.
    public static Problem unavailable() {
        return of(ErrorCode.UNAVAILABLE, "this cannot be answered now; try again");
    }

    static Problem wrongContentType() {
        return wrongContentTypeOf("application/json");
    }

    /// @param wanted the media type
    static Problem wrongContentTypeOf(final String wanted) {
        return new Problem(415, ErrorCode.INVALID, "the content type must be " + wanted + ", not encoded", List.of());
    }

    static Problem tooLarge(final int bytesMax) {
        return of(ErrorCode.TOO_LARGE, "the request's body is larger than " + bytesMax + " bytes");
    }

    Problem with(final HttpHeader header) {
        final var more = new ArrayList<>(headers);
        more.add(header);
        return new Problem(status, code, detail, List.copyOf(more), group);
    }

    /// The problem document.
    public HttpResponse response() {
        return response(_ -> {});
    }

    /// @param more prints further members
    HttpResponse response(final Consumer<JsonPrinter> more) {
        final var json = new JsonPrinter()
                .object()
                .member("type", "about:blank") // the code says what kind it is
                .member("title", title())
                .member("status", status)
                .member("code", code.wire())
                .member("detail", detail);
        group.ifPresent(at -> at.printTo(json));
        more.accept(json);
        return HttpResponse.create()
                .withStatus(StatusCodes.lookup(status)
                        .orElseGet(() -> StatusCodes.custom(status, title(), title(), false, true)))
                .addAttribute(CODE, code)
                .addHeaders(headers)
                .withEntity(PROBLEM_JSON, json.end().toString().getBytes(StandardCharsets.UTF_8));
    }

    private String title() {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 423 -> "Locked";
            case 429 -> "Too Many Requests";
            case 460 -> "Checksum Mismatch"; // tus's own
            case 503 -> "Service Unavailable";
            default -> "Refused";
        };
    }

    private static List<HttpHeader> headers(final ErrorCode code, final OptionalInt retryAfterSeconds) {
        return switch (code) {
            case UNAUTHENTICATED -> List.of(RawHeader.create("WWW-Authenticate", "Bearer realm=\"parley\""));
            case RATE_LIMITED -> List.of(retryAfter(retryAfterSeconds.orElse(1)));
            case UNAVAILABLE -> List.of(retryAfter(retryAfterSeconds.orElse(UNAVAILABLE_RETRY_SECONDS)));
            case BAD_FRAME, UNKNOWN_TYPE, INVALID, FORBIDDEN, NOT_FOUND, UNKNOWN_USER, CONFLICT, TOO_LARGE -> List.of();
        };
    }

    private static HttpHeader retryAfter(final int seconds) {
        return RawHeader.create("Retry-After", Integer.toString(Math.max(1, seconds)));
    }
}
