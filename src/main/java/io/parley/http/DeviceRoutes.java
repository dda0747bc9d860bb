package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.delete;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import io.parley.account.Accounts;
import io.parley.account.Caller;
import io.parley.account.Outcome;
import io.parley.id.DeviceId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.JsonPrinter;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// The caller's linked devices.
final class DeviceRoutes {
    private final Accounts accounts;
    private final DeviceList devices;
    private final Calls calls;

    DeviceRoutes(final Accounts accounts, final DeviceList devices, final Calls calls) {
        this.accounts = accounts;
        this.devices = devices;
        this.calls = calls;
    }

    Route routes() {
        return concat(
                path("devices", () -> get(() -> calls.users(Calls.Kind.CALL, (caller, _) -> list(caller)))),
                path(
                        segment("devices").slash(segment()),
                        device -> delete(() -> calls.users(Calls.Kind.CALL, (caller, _) -> unlink(caller, device)))));
    }

    private CompletionStage<HttpResponse> list(final Caller caller) {
        return linked(accounts, caller).thenCombine(devices.seen(caller.user()), (linked, seen) -> {
            final var json = new JsonPrinter().object();
            DeviceList.print(json, linked, seen, caller.device()::equals);
            return Answers.json(200, json.end().toString());
        });
    }

    /// The devices the account has. Fails with [Refused].
    static CompletionStage<List<Outcome.DeviceOnList>> linked(final Accounts accounts, final Caller caller) {
        return accounts.devices(caller).thenApply(outcome -> switch (outcome) {
            case Outcome.DeviceList list -> list.devices();
            case Outcome.Unauthenticated refused -> throw new Refused(Authenticated.tokenProblem(refused));
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    private CompletionStage<HttpResponse> unlink(final Caller caller, final String spelt) {
        final var device = parsed(spelt);
        return accounts.unlink(caller, device).thenApply(outcome -> switch (outcome) {
            case Outcome.Done _ -> Answers.noContent();
            case Outcome.NoSuchDevice _ -> throw new Refused(noSuchDevice());
            case Outcome.Unauthenticated refused -> throw new Refused(Authenticated.tokenProblem(refused));
            case Outcome.Unavailable unavailable -> throw new Refused(ErrorCode.UNAVAILABLE, unavailable.why());
        });
    }

    static DeviceId parsed(final String spelt) {
        return DeviceId.parse(spelt)
                .orElseThrow(() ->
                        new Refused(ErrorCode.INVALID, "this is not a device id: 16 lower-case hexadecimal digits"));
    }

    static Problem noSuchDevice() {
        return Problem.of(ErrorCode.NOT_FOUND, "you have no such device");
    }
}
