package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.patch;
import static org.apache.pekko.http.javadsl.server.Directives.path;

import io.parley.account.Caller;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.FrameException;
import io.parley.protocol.JsonPrinter;
import io.parley.user.Settings;
import io.parley.user.UserCommand;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// The caller's privacy.
final class SettingsRoutes {
    private final Entities entities;
    private final Calls calls;

    SettingsRoutes(final Entities entities, final Calls calls) {
        this.entities = entities;
        this.calls = calls;
    }

    Route routes() {
        return path(
                "settings",
                () -> concat(
                        get(() -> calls.users(Calls.Kind.CALL, (caller, _) -> show(caller))),
                        patch(() -> calls.usersWithBody(Calls.Kind.CALL, this::change))));
    }

    private CompletionStage<HttpResponse> show(final Caller caller) {
        return entities.<UserCommand.SettingsReply>askUser(
                        replyTo -> new UserCommand.AskSettings(caller.user(), replyTo))
                .thenApply(SettingsRoutes::answer);
    }

    private CompletionStage<HttpResponse> change(final Caller caller, final Fields body) throws FrameException {
        final var lastSeen = audience(body.optionalString("lastSeen"));
        final var readReceipts = onOff(body.optionalString("readReceipts"));
        return entities.<UserCommand.SettingsReply>askUser(
                        replyTo -> new UserCommand.ChangeSettings(caller.user(), lastSeen, readReceipts, replyTo))
                .thenApply(SettingsRoutes::answer);
    }

    private static Optional<Settings.Audience> audience(final Optional<String> given) throws FrameException {
        final var audience = given.flatMap(Settings.Audience::parse);
        if (given.isPresent() && audience.isEmpty()) {
            throw new FrameException(
                    ErrorCode.INVALID, "'lastSeen' is not as it should be: give everyone, written-to or nobody");
        }
        return audience;
    }

    private static Optional<Boolean> onOff(final Optional<String> given) throws FrameException {
        if (given.isPresent() && !given.get().equals("on") && !given.get().equals("off")) {
            throw new FrameException(ErrorCode.INVALID, "'readReceipts' is not as it should be: give on or off");
        }
        return given.map("on"::equals);
    }

    private static HttpResponse answer(final UserCommand.SettingsReply reply) {
        final var settings = reply.settings();
        return Answers.json(
                200,
                new JsonPrinter()
                        .object()
                        .member("lastSeen", settings.lastSeen().wire())
                        .member("readReceipts", settings.readReceipts() ? "on" : "off")
                        .end()
                        .toString());
    }
}
