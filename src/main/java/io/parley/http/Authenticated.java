package io.parley.http;

import io.parley.account.Accounts;
import io.parley.account.Caller;
import io.parley.account.Outcome;
import io.parley.protocol.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/// Who is calling: the access token in `Authorization: Bearer`, and nowhere else.
public final class Authenticated {
    private static final String BEARER = "bearer ";

    private final Accounts accounts;

    Authenticated(final Accounts accounts) {
        this.accounts = accounts;
    }

    /// The caller. Fails with [Refused] if the token is missing or not accepted, or cannot be checked now.
    CompletionStage<Caller> caller(final HttpRequest request) {
        final var token = bearer(request)
                .orElseThrow(
                        () -> new Refused(ErrorCode.UNAUTHENTICATED, "give an access token: Authorization: Bearer …"));
        return accounts.authenticate(token).thenApply(outcome -> switch (outcome) {
            case Caller caller -> caller;
            case Outcome.Unauthenticated refused -> throw new Refused(tokenProblem(refused));
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    /// An access token that was shown is none, over, or revoked.
    static Problem tokenProblem(final Outcome.Unauthenticated refused) {
        return new Problem(
                ErrorCode.UNAUTHENTICATED.httpStatus(),
                ErrorCode.UNAUTHENTICATED,
                refused.why(),
                List.of(RawHeader.create("WWW-Authenticate", "Bearer realm=\"parley\", error=\"invalid_token\"")));
    }

    /// The token, if exactly one is shown.
    public static Optional<String> bearer(final HttpRequest request) {
        final var shown = StreamSupport.stream(request.getHeaders().spliterator(), false)
                .filter(header -> header.is("authorization"))
                .map(header -> header.value())
                .toList();
        return shown.size() == 1 && shown.getFirst().toLowerCase(Locale.ROOT).startsWith(BEARER)
                ? Optional.of(shown.getFirst().substring(BEARER.length()).strip())
                : Optional.empty();
    }
}
