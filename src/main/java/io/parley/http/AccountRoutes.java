package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.patch;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.post;
import static org.apache.pekko.http.javadsl.server.Directives.put;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import io.parley.account.Accounts;
import io.parley.account.Caller;
import io.parley.account.LoginDevice;
import io.parley.account.Outcome;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.FrameException;
import io.parley.protocol.JsonPrinter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// Registering, logging in and out, the password, the profile.
final class AccountRoutes {
    private final Accounts accounts;
    private final DeviceList devices;
    private final Calls calls;
    private final boolean registrationOpen;

    AccountRoutes(
            final Accounts accounts, final DeviceList devices, final Calls calls, final boolean registrationOpen) {
        this.accounts = accounts;
        this.devices = devices;
        this.calls = calls;
        this.registrationOpen = registrationOpen;
    }

    Route routes() {
        return concat(
                path("accounts", () -> post(() -> calls.open(this::register))),
                path("login", () -> post(() -> calls.open(this::login))),
                path(segment("login").slash("refresh"), () -> post(() -> calls.open((_, body) -> refresh(body)))),
                path("logout", () -> post(() -> calls.users(Calls.Kind.CALL, (caller, _) -> logout(caller)))),
                path("password", () -> put(() -> calls.usersWithBody(Calls.Kind.CALL, this::changePassword))),
                path("profile", () -> patch(() -> calls.usersWithBody(Calls.Kind.CALL, this::changeProfile))));
    }

    private CompletionStage<HttpResponse> register(final HttpRequest request, final Fields body) throws FrameException {
        if (!registrationOpen) {
            throw new Refused(ErrorCode.FORBIDDEN, "nobody may register on this node by this call");
        }
        final var user = body.requiredUserId("user");
        final var password = body.requiredString("password");
        final var name = body.optionalString("name");
        calls.limits().registration(calls.address(request));
        return accounts.register(user, password, name).thenApply(outcome -> switch (outcome) {
            case Outcome.Registered made -> Answers.json(201, profile(made.user(), made.name(), made.uid()));
            case Outcome.Taken _ -> throw new Refused(ErrorCode.CONFLICT, "this user id is taken");
            case Outcome.Invalid invalid -> throw new Refused(ErrorCode.INVALID, invalid.why());
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    private CompletionStage<HttpResponse> login(final HttpRequest request, final Fields body) throws FrameException {
        final var user = body.requiredUserId("user");
        final var password = body.requiredString("password");
        final var device = body.requiredObject("device");
        final var from = new LoginDevice(
                device.optionalDeviceId("id"), device.requiredString("name"), device.requiredString("platform"));
        final var replace = body.optionalDeviceId("replace");
        calls.limits().login(calls.address(request));
        return accounts.login(user, password, from, replace).thenCompose(outcome -> switch (outcome) {
            case Outcome.Tokens tokens -> CompletableFuture.completedStage(tokens(tokens));
            case Outcome.TooManyDevices full -> tooManyDevices(user, full.devices());
            case Outcome.WrongPassword _ -> throw new Refused(ErrorCode.UNAUTHENTICATED, "user or password is wrong");
            case Outcome.Disabled _ -> throw disabled();
            case Outcome.Invalid invalid -> throw new Refused(ErrorCode.INVALID, invalid.why());
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    private CompletionStage<HttpResponse> tooManyDevices(final UserId user, final List<Outcome.DeviceOnList> linked) {
        final var problem = Problem.of(
                ErrorCode.CONFLICT, linked.size() + " devices are linked: log in with 'replace' naming one of them");
        return devices.seen(user)
                .thenApply(seen -> problem.response(json -> DeviceList.print(json, linked, seen, _ -> false)));
    }

    private CompletionStage<HttpResponse> refresh(final Fields body) throws FrameException {
        return accounts.refresh(body.requiredString("refreshToken")).thenApply(outcome -> switch (outcome) {
            case Outcome.Tokens tokens -> tokens(tokens);
            case Outcome.Disabled _ -> throw disabled();
            case Outcome.Unauthenticated refused -> throw new Refused(ErrorCode.UNAUTHENTICATED, refused.why());
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    private static Refused disabled() {
        return new Refused(ErrorCode.FORBIDDEN, "this account is disabled: ask whoever runs this service");
    }

    private CompletionStage<HttpResponse> logout(final Caller caller) {
        return accounts.logout(caller).thenApply(outcome -> switch (outcome) {
            case Outcome.Done _ -> Answers.noContent();
            case Outcome.Unauthenticated refused -> throw new Refused(Authenticated.tokenProblem(refused));
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    private CompletionStage<HttpResponse> changePassword(final Caller caller, final Fields body) throws FrameException {
        final var old = body.requiredString("old");
        final var next = body.requiredString("new");
        return accounts.changePassword(caller, old, next).thenApply(outcome -> switch (outcome) {
            case Outcome.Done _ -> Answers.noContent();
            case Outcome.WrongPassword _ -> throw new Refused(ErrorCode.FORBIDDEN, "'old' is not the password");
            case Outcome.Invalid invalid -> throw new Refused(ErrorCode.INVALID, invalid.why());
            case Outcome.Unauthenticated refused -> throw new Refused(Authenticated.tokenProblem(refused));
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    private CompletionStage<HttpResponse> changeProfile(final Caller caller, final Fields body) throws FrameException {
        final var name = body.optionalString("name");
        if (name.isEmpty()) {
            return UserRoutes.profile(accounts, caller.user());
        }
        return accounts.rename(caller, name.get()).thenApply(outcome -> switch (outcome) {
            case Outcome.Profile now -> Answers.json(200, profile(now.user(), now.name(), now.uid()));
            case Outcome.Invalid invalid -> throw new Refused(ErrorCode.INVALID, invalid.why());
            case Outcome.Unauthenticated refused -> throw new Refused(Authenticated.tokenProblem(refused));
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    static String profile(final UserId user, final String name, final String uid) {
        return new JsonPrinter()
                .object()
                .member("user", user.value())
                .member("name", name)
                .member("uid", uid)
                .end()
                .toString();
    }

    private static HttpResponse tokens(final Outcome.Tokens tokens) {
        return Answers.json(
                200,
                new JsonPrinter()
                        .object()
                        .member("token", tokens.token())
                        .member("expiresAt", tokens.expiresAt())
                        .member("refreshToken", tokens.refreshToken())
                        .member("device", tokens.device().value())
                        .member("user", tokens.user().value())
                        .member("uid", tokens.uid())
                        .end()
                        .toString());
    }
}
