package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.conditional;
import static org.apache.pekko.http.javadsl.server.Directives.extractRequest;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.mapResponse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.AcceptEncoding;
import org.apache.pekko.http.javadsl.model.headers.EntityTag;
import org.apache.pekko.http.javadsl.model.headers.HttpEncodingRange;
import org.apache.pekko.http.javadsl.model.headers.HttpEncodings;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.util.ByteString;

/// A file of the class path, ready to be sent: read and compressed once, when the node starts.
///
/// @param plain      as it is
/// @param compressed with gzip, where that is smaller by a tenth at least
public record StaticFile(Sendable plain, Optional<Sendable> compressed) {
    /// An answer, and what tells it from other versions.
    public record Sendable(HttpResponse response, EntityTag tag) {}

    /// Reads and compresses a file.
    ///
    /// @param resource its name on the class path
    /// @param headers  what is said with it: its policies and how long it may be kept
    /// @throws IllegalStateException if there is no such resource
    public static StaticFile of(final String resource, final List<HttpHeader> headers) {
        final var bytes =
                bytes(resource).orElseThrow(() -> new IllegalStateException("not on the class path: " + resource));
        final var type = type(resource);
        final var small = gzipped(bytes);
        final var said = HttpResponse.create().addHeaders(headers).addHeader(header("Vary", "Accept-Encoding"));
        final var tag = fingerprint(bytes, headers);
        return new StaticFile(
                new Sendable(
                        said.withEntity(HttpEntities.create(type, ByteString.fromArrayUnsafe(bytes))),
                        EntityTag.create(tag, false)),
                small.length > bytes.length - bytes.length / 10
                        ? Optional.empty()
                        : Optional.of(new Sendable(
                                said.addHeader(header("Content-Encoding", "gzip"))
                                        .withEntity(HttpEntities.create(type, ByteString.fromArrayUnsafe(small))),
                                EntityTag.create(tag + "-gzip", false))));
    }

    /// Answers `GET` with it, or with 304 if the caller has it.
    public Route route() {
        return get(() -> extractRequest(request -> {
            final var sendable = compressed.filter(_ -> takesGzip(request)).orElse(plain);
            return mapResponse(
                    response -> saying(response, sendable.response()),
                    () -> conditional(sendable.tag(), () -> complete(sendable.response())));
        }));
    }

    /// A 304 renews what the browser keeps of the headers, so it says the same as the file itself; without
    /// that, the general policy of the port, which allows nothing, would take the place of the page's.
    private static HttpResponse saying(final HttpResponse response, final HttpResponse file) {
        return response.addHeaders(StreamSupport.stream(file.getHeaders().spliterator(), false)
                .filter(header -> !header.lowercaseName().equals("content-encoding"))
                .filter(header -> response.getHeader(header.name()).isEmpty())
                .toList());
    }

    static Optional<byte[]> bytes(final String resource) {
        try (var in = StaticFile.class.getResourceAsStream(resource)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static boolean takesGzip(final HttpRequest request) {
        return request.getHeader(AcceptEncoding.class).stream()
                .flatMap(header -> StreamSupport.stream(header.getEncodings().spliterator(), false))
                .anyMatch(StaticFile::meansGzip);
    }

    private static boolean meansGzip(final HttpEncodingRange range) {
        return range.qValue() > 0 && range.matches(HttpEncodings.GZIP);
    }

    private static ContentType type(final String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> ContentTypes.TEXT_HTML_UTF8;
            case "css" -> ContentTypes.create(MediaTypes.TEXT_CSS, HttpCharsets.UTF_8);
            case "js" -> ContentTypes.create(MediaTypes.APPLICATION_JAVASCRIPT, HttpCharsets.UTF_8);
            case "json" -> ContentTypes.APPLICATION_JSON;
            case "webmanifest" -> ContentTypes.parse("application/manifest+json");
            case "svg" -> ContentTypes.parse("image/svg+xml");
            case "txt" -> ContentTypes.TEXT_PLAIN_UTF8;
            case "png" -> ContentTypes.create(MediaTypes.IMAGE_PNG);
            case "wasm" -> ContentTypes.parse("application/wasm");
            default -> ContentTypes.APPLICATION_OCTET_STREAM;
        };
    }

    private static byte[] gzipped(final byte[] bytes) {
        final var out = new ByteArrayOutputStream(bytes.length / 2);
        try (var gzip = new BestGzip(out)) {
            gzip.write(bytes);
        } catch (final IOException impossible) {
            throw new UncheckedIOException(impossible); // into memory
        }
        return out.toByteArray();
    }

    /// Done once a start, so as small as it gets.
    private static final class BestGzip extends GZIPOutputStream {
        BestGzip(final ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }

    /// Of what is said with it too: a changed policy must not depend on what a browser renews at a 304.
    private static String fingerprint(final byte[] bytes, final List<HttpHeader> headers) {
        try {
            final var digest = MessageDigest.getInstance("SHA-256");
            headers.forEach(header -> digest.update((header + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(bytes), 0, 16);
        } catch (final NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java has SHA-256
        }
    }

    private static HttpHeader header(final String name, final String value) {
        return RawHeader.create(name, value);
    }
}
