package io.parley.http;

import io.parley.media.MediaStore.Found;
import io.parley.media.Standing;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/// The headers of the tus protocol 1.0.
final class Tus {
    static final String VERSION = "1.0.0";

    /// The protocol's own status.
    static final int CHECKSUM_MISMATCH = 460;

    static final int LOCKED = 423;
    private static final int OTHER_VERSION = 412;

    private Tus() {}

    static HttpHeader version() {
        return RawHeader.create("Tus-Version", VERSION);
    }

    /// Whether the client speaks it.
    static boolean isSpoken(final HttpRequest request) {
        return request.getHeader("Tus-Resumable").isPresent();
    }

    /// Refuses who speaks another version, or none.
    static void check(final HttpRequest request) {
        if (!request.getHeader("Tus-Resumable").map(HttpHeader::value).equals(Optional.of(VERSION))) {
            throw new Refused(new Problem(
                    OTHER_VERSION,
                    ErrorCode.INVALID,
                    "uploads go by the tus protocol: give Tus-Resumable: " + VERSION,
                    List.of(version())));
        }
    }

    /// The number in a header.
    static long number(final HttpRequest request, final String name) {
        final var value = request.getHeader(name).map(HttpHeader::value).orElse("");
        if (!value.matches("[0-9]{1,16}") || Long.parseLong(value) > Fields.INTEGER_MAX) {
            throw new Refused(ErrorCode.INVALID, "give " + name + ": a number of bytes, in digits");
        }
        return Long.parseLong(value);
    }

    /// `answer`, saying how far the upload has come.
    static HttpResponse progress(final HttpResponse answer, final Found found) {
        final long bytes = found.upload().bytes();
        final var told = answer.addHeaders(List.of(
                RawHeader.create("Tus-Resumable", VERSION), RawHeader.create("Upload-Length", Long.toString(bytes))));
        return switch (found.standing()) {
            case Standing.Unfinished(final long offset, final var expires) ->
                told.addHeaders(List.of(offset(offset), expires(expires)));
            case Standing.Finished(final var expires) -> told.addHeaders(List.of(offset(bytes), expires(expires)));
            case Standing.Claimed _ -> told.addHeader(offset(bytes));
        };
    }

    private static HttpHeader offset(final long offset) {
        return RawHeader.create("Upload-Offset", Long.toString(offset));
    }

    private static HttpHeader expires(final Instant at) {
        return RawHeader.create(
                "Upload-Expires", DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atOffset(ZoneOffset.UTC)));
    }
}
