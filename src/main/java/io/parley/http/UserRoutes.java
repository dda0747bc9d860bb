package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import io.parley.account.Accounts;
import io.parley.account.Caller;
import io.parley.account.Outcome;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.WireJson;
import io.parley.session.Frames;
import io.parley.user.UserCommand;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// Other people.
final class UserRoutes {
    private final Accounts accounts;
    private final Entities entities;
    private final Calls calls;

    UserRoutes(final Accounts accounts, final Entities entities, final Calls calls) {
        this.accounts = accounts;
        this.entities = entities;
        this.calls = calls;
    }

    Route routes() {
        return concat(
                path(
                        segment("users").slash(segment()),
                        user -> get(() -> calls.users(Calls.Kind.LOOK_UP, (_, _) -> profile(accounts, parsed(user))))),
                path(
                        segment("users").slash(segment()).slash("presence"),
                        user -> get(
                                () -> calls.users(Calls.Kind.LOOK_UP, (caller, _) -> presence(caller, parsed(user))))));
    }

    static UserId parsed(final String spelt) {
        return UserId.parse(spelt)
                .orElseThrow(() -> new Refused(
                        ErrorCode.INVALID,
                        "this is not a user id: 2 to 32 of a-z 0-9 . _ -, beginning with a letter or digit"));
    }

    static CompletionStage<HttpResponse> profile(final Accounts accounts, final UserId user) {
        return accounts.profile(user).thenApply(outcome -> switch (outcome) {
            case Outcome.Profile found ->
                Answers.json(200, AccountRoutes.profile(found.user(), found.name(), found.uid()));
            case Outcome.UnknownUser _ -> throw new Refused(Frames.unknownUser(user));
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    private CompletionStage<HttpResponse> presence(final Caller caller, final UserId user) {
        return entities.<UserCommand.PresenceReply>askUser(
                        replyTo -> new UserCommand.AskPresence(user, caller.user(), replyTo))
                .thenApply(reply -> {
                    if (!reply.exists()) {
                        throw new Refused(Frames.unknownUser(user));
                    }
                    return Answers.json(200, WireJson.presence(user, reply.online(), reply.lastSeen()));
                });
    }
}
