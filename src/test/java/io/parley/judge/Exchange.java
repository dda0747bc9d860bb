package io.parley.judge;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One REST exchange as it went over the wire.
///
/// @param method      such as `POST`
/// @param target      path and query as they were sent, such as `/v1/conversations?limit=2`
/// @param requestBody the body that was sent, if any
/// @param status      of the answer
/// @param headers     of the answer; names in any case
/// @param answerBody  the body that came, if any; an empty one is none
public record Exchange(
        String method,
        String target,
        Optional<String> requestBody,
        int status,
        Map<String, List<String>> headers,
        Optional<String> answerBody) {
    public Exchange {
        final var anyCase = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = anyCase;
        requestBody = requestBody.filter(body -> !body.isEmpty());
        answerBody = answerBody.filter(body -> !body.isEmpty());
    }

    Optional<String> header(final String name) {
        return Optional.ofNullable(headers.get(name))
                .filter(values -> !values.isEmpty())
                .map(List::getFirst);
    }

    String path() {
        final int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    String query() {
        final int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    boolean wasAccepted() {
        return status / 100 == 2;
    }
}
