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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
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
import org.apache.pekko.http.javadsl.model.headers.EntityTag;
import org.apache.pekko.http.javadsl.model.headers.HttpEncoding;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/// A file of the class path, ready to be sent. The build may have put it there compressed as well: `NAME.br`
/// and `NAME.gz` beside `NAME`. Then those are read when the node starts, and the file as it is only when
/// somebody asks who takes neither. Otherwise it is read and compressed once, when the node starts.
public final class StaticFile {
    /// A form in which it can be sent.
    ///
    /// @param encoding empty: as it is, which everybody takes
    /// @param response what is said with it, but for its bytes
    private record Form(
            Optional<HttpEncoding> encoding, EntityTag tag, HttpResponse response, Supplier<ByteString> bytes) {}

    private final ContentType type;

    /// The smallest first; the last is the file as it is.
    private final List<Form> forms;

    private StaticFile(final ContentType type, final List<Form> forms) {
        this.type = type;
        this.forms = List.copyOf(forms);
    }

    /// Reads a file, and compresses it where the build has not.
    ///
    /// @param resource its name on the class path
    /// @param headers  what is said with it: its policies and how long it may be kept
    /// @throws IllegalStateException if there is no such resource
    public static StaticFile of(final String resource, final List<HttpHeader> headers) {
        final var said = HttpResponse.create().addHeaders(headers).addHeader(header("Vary", "Accept-Encoding"));
        final var brotli = bytes(resource + ".br");
        final var gzip = bytes(resource + ".gz");
        final var twin = brotli.or(() -> gzip);
        final var read = twin.orElseGet(() -> required(resource));
        final var tag = fingerprint(read, headers); // the same file compressed alike is the same bytes
        final var forms = new ArrayList<Form>();
        brotli.ifPresent(bytes -> forms.add(compressed(AcceptedEncodings.BROTLI, tag, said, bytes)));
        gzip.or(() -> twin.isPresent() ? Optional.empty() : gzipped(read))
                .ifPresent(bytes -> forms.add(compressed(AcceptedEncodings.GZIP, tag, said, bytes)));
        forms.add(new Form(
                Optional.empty(),
                EntityTag.create(tag, false),
                said,
                twin.isPresent() ? new WhenAsked(resource) : held(read)));
        return new StaticFile(type(resource), forms);
    }

    private static Form compressed(
            final HttpEncoding encoding, final String tag, final HttpResponse said, final byte[] bytes) {
        return new Form(
                Optional.of(encoding),
                EntityTag.create(tag + "-" + encoding.value(), false),
                said.addHeader(header("Content-Encoding", encoding.value())),
                held(bytes));
    }

    private static Supplier<ByteString> held(final byte[] bytes) {
        final var held = ByteString.fromArrayUnsafe(bytes);
        return () -> held;
    }

    /// Read when it is first asked for.
    private static final class WhenAsked implements Supplier<ByteString> {
        private final String resource;

        @Nullable
        private volatile ByteString read;

        WhenAsked(final String resource) {
            this.resource = resource;
        }

        @Override
        public ByteString get() {
            final var before = read;
            if (before != null) {
                return before;
            }
            final var now = ByteString.fromArrayUnsafe(required(resource)); // by two at once: the same twice
            read = now;
            return now;
        }
    }

    /// Answers `GET` with it, or with 304 if the caller has it.
    public Route route() {
        return get(() -> extractRequest(request -> {
            final var form = formFor(request);
            return mapResponse(
                    response -> saying(response, form.response()),
                    () -> conditional(
                            form.tag(),
                            () -> complete(form.response()
                                    .withEntity(HttpEntities.create(
                                            type, form.bytes().get())))));
        }));
    }

    private Form formFor(final HttpRequest request) {
        final var accepted = AcceptedEncodings.of(request);
        return forms.stream()
                .filter(form -> form.encoding().map(accepted::takes).orElse(true))
                .findFirst()
                .orElseThrow(); // the last is for everybody
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

    private static byte[] required(final String resource) {
        return bytes(resource).orElseThrow(() -> new IllegalStateException("not on the class path: " + resource));
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
            case "wasm" -> ContentTypes.parse("application/wasm"); // otherwise browsers do not compile it as it comes
            default -> ContentTypes.APPLICATION_OCTET_STREAM;
        };
    }

    /// Empty where that is not smaller by a tenth at least.
    private static Optional<byte[]> gzipped(final byte[] bytes) {
        final var out = new ByteArrayOutputStream(bytes.length / 2);
        try (var gzip = new BestGzip(out)) {
            gzip.write(bytes);
        } catch (final IOException impossible) {
            throw new UncheckedIOException(impossible); // into memory
        }
        return out.size() > bytes.length - bytes.length / 10 ? Optional.empty() : Optional.of(out.toByteArray());
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
