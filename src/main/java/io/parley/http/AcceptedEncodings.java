package io.parley.http;

import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.headers.AcceptEncoding;
import org.apache.pekko.http.javadsl.model.headers.HttpEncoding;
import org.apache.pekko.http.javadsl.model.headers.HttpEncodingRange;
import org.apache.pekko.http.javadsl.model.headers.HttpEncodings;

/// In which compressed forms a caller takes an answer (RFC 9110 §12.5.3). Without the header: in none, which is
/// always right.
record AcceptedEncodings(List<HttpEncodingRange> ranges) {
    static final HttpEncoding GZIP = HttpEncodings.GZIP;
    static final HttpEncoding BROTLI = org.apache.pekko.http.scaladsl.model.headers.HttpEncoding.custom("br");

    /// What nobody names: only `*` means it too.
    private static final HttpEncoding UNNAMED =
            org.apache.pekko.http.scaladsl.model.headers.HttpEncoding.custom("unnamed");

    static AcceptedEncodings of(final HttpRequest request) {
        return new AcceptedEncodings(request.getHeader(AcceptEncoding.class).stream()
                .flatMap(header -> StreamSupport.stream(header.getEncodings().spliterator(), false))
                .toList());
    }

    /// Whether the caller takes it: what is said of it by name counts before what is said of all (`*`).
    boolean takes(final HttpEncoding encoding) {
        return ranges.stream()
                .filter(range -> range.matches(encoding) && !range.matches(UNNAMED))
                .findFirst()
                .or(() ->
                        ranges.stream().filter(range -> range.matches(UNNAMED)).findFirst())
                .filter(range -> range.qValue() > 0)
                .isPresent();
    }
}
