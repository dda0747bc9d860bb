package io.parley.ops;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.delete;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.post;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import io.parley.account.Accounts;
import io.parley.account.Outcome;
import io.parley.http.Answers;
import io.parley.http.Calls;
import io.parley.http.Entities;
import io.parley.http.Parameters;
import io.parley.http.Refused;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import io.parley.protocol.JsonPrinter;
import io.parley.store.EntityNames;
import io.parley.user.UserCommand;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// Accounts, seen and administered by operators.
final class AccountDesk {
    private static final String KIND = "account";
    private static final int LIMIT_DEFAULT = 100;
    private static final Pattern PREFIX = Pattern.compile("[a-z0-9._-]{0,32}");
    private static final Pattern PLACE = Pattern.compile("[ -~]{1,200}");

    private final Accounts accounts;
    private final Entities entities;
    private final EntityNames names;
    private final AdminCalls calls;

    AccountDesk(final Accounts accounts, final Entities entities, final EntityNames names, final AdminCalls calls) {
        this.accounts = accounts;
        this.entities = entities;
        this.names = names;
        this.calls = calls;
    }

    Route routes() {
        final var account = segment("accounts").slash(segment());
        return concat(
                path("accounts", () -> get(() -> Calls.answering(this::list))),
                path(
                        account,
                        name -> concat(
                                get(() -> calls.started(_ -> show(user(name)))),
                                delete(() ->
                                        calls.started(_ -> change("account_delete", user(name), accounts::delete))))),
                path(
                        account.slash("disable"),
                        name -> post(
                                () -> calls.started(_ -> change("account_disable", user(name), accounts::disable)))),
                path(
                        account.slash("enable"),
                        name -> post(() -> calls.started(_ -> change("account_enable", user(name), accounts::enable)))),
                path(
                        account.slash("sessions"),
                        name -> delete(() -> calls.started(_ -> change(
                                "sessions_end", user(name), user -> accounts.endTokens(user, Optional.empty()))))),
                path(
                        account.slash("sessions").slash(segment()),
                        (name, device) -> delete(() -> calls.started(_ -> endOne(user(name), device(device))))));
    }

    private CompletionStage<HttpResponse> list(final HttpRequest request) throws FrameException {
        final var asked = Parameters.of(request, Set.of("prefix", "cursor"), Set.of("limit"));
        final var prefix = asked.optionalString("prefix").orElse("");
        if (!PREFIX.matcher(prefix).matches()) {
            throw new FrameException(
                    ErrorCode.INVALID, "'prefix' is not the beginning of a user id: at most 32 of a-z 0-9 . _ -");
        }
        final var after = asked.optionalString("cursor").map(AccountDesk::place);
        final int limit =
                (int) asked.optionalInteger("limit", 1, EntityNames.NAMES_MAX).orElse(LIMIT_DEFAULT);
        return names.page(new EntityNames.Query(KIND, prefix, after, limit)).thenApply(AccountDesk::page);
    }

    private static HttpResponse page(final EntityNames.Page page) {
        final var json = new JsonPrinter().object().name("accounts").array();
        page.names().forEach(name -> json.object().member("user", name).end());
        json.endArray();
        page.next().ifPresent(next -> json.member("cursor", cursor(next)));
        return Answers.json(200, json.end().toString());
    }

    private static String cursor(final String place) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.UTF_8));
    }

    private static String place(final String cursor) {
        try {
            final var place = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (PLACE.matcher(place).matches()) {
                return place;
            }
        } catch (final IllegalArgumentException notBase64) {
            // said below
        }
        throw new Refused(ErrorCode.INVALID, "'cursor' is not one that this call gave");
    }

    private CompletionStage<HttpResponse> show(final UserId user) {
        return accounts.examine(user).thenCompose(outcome -> switch (outcome) {
            case Outcome.Examined account ->
                entities.<UserCommand.DevicesReply>askUser(replyTo -> new UserCommand.AskDevices(user, replyTo))
                        .thenApply(seen -> Answers.json(200, printed(account, seen)));
            case Outcome.Deleted account -> CompletableFuture.completedStage(Answers.json(200, printed(account)));
            case Outcome.UnknownUser _ -> CompletableFuture.failedStage(unknown());
            case Outcome.Unavailable unavailable ->
                CompletableFuture.failedStage(new Refused(ErrorCode.UNAVAILABLE, unavailable.why()));
        });
    }

    private static String printed(final Outcome.Examined account, final UserCommand.DevicesReply seen) {
        final var json = new JsonPrinter()
                .object()
                .member("user", account.user().value())
                .member("uid", account.uid())
                .member("name", account.name())
                .member("registered", account.registered())
                .member("disabled", account.disabled().isPresent());
        account.disabled().ifPresent(since -> json.member("disabledSince", since));
        json.name("devices").array();
        for (final var device : account.devices()) {
            json.object()
                    .member("device", device.device().value())
                    .member("name", device.name())
                    .member("platform", device.platform())
                    .member("linked", device.linked());
            final var known = seen.devices().stream()
                    .filter(each -> each.device().equals(device.device()))
                    .findFirst();
            json.member(
                    "online",
                    known.map(UserCommand.DevicesReply.DeviceSeen::online).orElse(false));
            known.flatMap(UserCommand.DevicesReply.DeviceSeen::lastSeen).ifPresent(at -> json.member("lastSeen", at));
            json.end();
        }
        return json.endArray().end().toString();
    }

    private static String printed(final Outcome.Deleted account) {
        return new JsonPrinter()
                .object()
                .member("user", account.user().value())
                .member("uid", account.uid())
                .member("registered", account.registered())
                .member("deletedSince", account.deleted())
                .end()
                .toString();
    }

    private CompletionStage<HttpResponse> endOne(final UserId user, final DeviceId device) {
        return calls.changing(
                "sessions_end",
                user + " " + device,
                accounts.endTokens(user, Optional.of(device)).thenApply(AccountDesk::done));
    }

    private CompletionStage<HttpResponse> change(
            final String what,
            final UserId user,
            final Function<UserId, CompletionStage<Outcome.Administration>> administer) {
        return calls.changing(what, user.value(), administer.apply(user).thenApply(AccountDesk::done));
    }

    private static HttpResponse done(final Outcome.Administration outcome) {
        return switch (outcome) {
            case Outcome.Done _ -> Answers.noContent();
            case Outcome.UnknownUser _ -> throw unknown();
            case Outcome.NoSuchDevice _ -> throw new Refused(ErrorCode.NOT_FOUND, "the account has no such device");
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        };
    }

    private static Refused unknown() {
        return new Refused(ErrorCode.UNKNOWN_USER, "nobody has registered under this name");
    }

    private static UserId user(final String name) {
        return UserId.parse(name)
                .orElseThrow(() -> new Refused(
                        ErrorCode.INVALID,
                        "this is not a user id: 2 to 32 of a-z 0-9 . _ -, beginning with a letter or digit"));
    }

    private static DeviceId device(final String text) {
        return DeviceId.parse(text)
                .orElseThrow(() ->
                        new Refused(ErrorCode.INVALID, "this is not a device id: 16 lower-case hexadecimal digits"));
    }
}
