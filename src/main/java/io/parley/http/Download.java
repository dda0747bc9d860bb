package io.parley.http;

import io.parley.media.Upload;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.ByteRange;
import org.apache.pekko.http.javadsl.model.headers.Range;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/// An upload on its way out (RFC 9110 §14): as a whole, or one range of it. It never changes, so it may be kept
/// for good by whoever has it. What is in it is not known, so it is never shown by a browser as a page of this
/// server: always as bytes to be saved, whatever it is.
final class Download {
    private static final String FOR_GOOD = "private, max-age=31536000, immutable";

    /// Where the bytes come from.
    @FunctionalInterface
    interface Bytes {
        Source<ByteString, ?> read(long from, long length);
    }

    /// Both included.
    private record Part(long first, long last) {
        long length() {
            return last - first + 1;
        }
    }

    private Download() {}

    static HttpResponse answer(final HttpRequest request, final Upload upload, final Bytes bytes) {
        final var tag = "\"" + upload.sha256().base64url() + "\"";
        final var always = List.<HttpHeader>of(
                RawHeader.create("ETag", tag),
                RawHeader.create("Cache-Control", FOR_GOOD),
                RawHeader.create("Vary", "Authorization"),
                RawHeader.create("Accept-Ranges", "bytes"),
                RawHeader.create("Content-Disposition", "attachment"),
                RawHeader.create("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"));
        if (names(request, "If-None-Match", tag)) {
            return HttpResponse.create().withStatus(304).addHeaders(always);
        }
        final long size = upload.bytes();
        final var wanted = onlyRange(request, tag);
        if (wanted.isEmpty()) {
            return HttpResponse.create()
                    .withStatus(200)
                    .addHeaders(always)
                    .withEntity(
                            size == 0 // a stream may not be of nothing
                                    ? HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, new byte[0])
                                    : HttpEntities.create(
                                            ContentTypes.APPLICATION_OCTET_STREAM, size, bytes.read(0, size)));
        }
        final var part = part(wanted.get(), size);
        if (part.isEmpty()) {
            return HttpResponse.create()
                    .withStatus(416)
                    .addHeaders(always)
                    .addHeader(RawHeader.create("Content-Range", "bytes */" + size));
        }
        return HttpResponse.create()
                .withStatus(206)
                .addHeaders(always)
                .addHeader(RawHeader.create(
                        "Content-Range",
                        "bytes " + part.get().first() + "-" + part.get().last() + "/" + size))
                .withEntity(HttpEntities.create(
                        ContentTypes.APPLICATION_OCTET_STREAM,
                        part.get().length(),
                        bytes.read(part.get().first(), part.get().length())));
    }

    /// The range that is asked for, if it is one, and of this very file; who asks for several gets the whole,
    /// as he must be able to take.
    private static Optional<ByteRange> onlyRange(final HttpRequest request, final String tag) {
        final var condition = request.getHeader("If-Range").map(HttpHeader::value);
        if (condition.isPresent() && !condition.get().equals(tag)) {
            return Optional.empty();
        }
        return request.getHeader(Range.class)
                .map(header -> StreamSupport.stream(header.getRanges().spliterator(), false)
                        .toList())
                .filter(ranges -> ranges.size() == 1)
                .map(List::getFirst);
    }

    private static Optional<Part> part(final ByteRange range, final long size) {
        final long first;
        final long last;
        if (range.isSlice()) {
            first = range.getSliceFirst().orElse(0);
            last = Math.min(range.getSliceLast().orElse(0), size - 1);
        } else if (range.isFromOffset()) {
            first = range.getOffset().orElse(0);
            last = size - 1;
        } else {
            final long length = range.getSuffixLength().orElse(0);
            first = length == 0 ? size : Math.max(0, size - length);
            last = size - 1;
        }
        return first > last || first >= size ? Optional.empty() : Optional.of(new Part(first, last));
    }

    private static boolean names(final HttpRequest request, final String header, final String tag) {
        return request.getHeader(header)
                .map(HttpHeader::value)
                .filter(value -> value.equals("*")
                        || List.of(value.replace("W/", "").split(" *, *")).contains(tag))
                .isPresent();
    }
}
