package io.parley.http;

import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.FrameException;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import org.apache.pekko.japi.Pair;

/// The parameters of a request's query, judged as the members of a body are.
public final class Parameters {
    private static final Pattern INTEGER = Pattern.compile("0|[1-9][0-9]{0,15}");

    private Parameters() {}

    /// Those parameters of the request that a call knows; others are ignored.
    ///
    /// @param texts    the names of parameters that are texts, and `integers` of those that are integers
    /// @throws FrameException `invalid` if one is given twice, or the query cannot be read
    public static Fields of(final HttpRequest request, final Set<String> texts, final Set<String> integers)
            throws FrameException {
        final var seen = new HashSet<String>();
        final var json = new JsonPrinter().object();
        for (final var pair : query(request)) {
            final var name = pair.first();
            final boolean isInteger = integers.contains(name);
            if (!isInteger && !texts.contains(name)) {
                continue;
            }
            if (!seen.add(name)) {
                throw new FrameException(ErrorCode.INVALID, "'" + name + "' is given twice: give it once");
            }
            if (isInteger && INTEGER.matcher(pair.second()).matches()) {
                json.member(name, Long.parseLong(pair.second()));
            } else {
                json.member(name, pair.second());
            }
        }
        return StrictJson.object(json.end().toString());
    }

    private static List<Pair<String, String>> query(final HttpRequest request) throws FrameException {
        try {
            return request.getUri().query(StandardCharsets.UTF_8, Uri.STRICT).toList();
        } catch (final IllegalUriException unreadable) {
            throw new FrameException(ErrorCode.INVALID, "the query cannot be read: percent-encode UTF-8");
        }
    }
}
