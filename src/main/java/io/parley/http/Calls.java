package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.handle;

import io.parley.account.Accounts;
import io.parley.account.Caller;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.FrameException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// What all calls have in common, in this order: who calls, whether so often, and then the body. Refusals of
/// any kind become problem documents.
public final class Calls {
    /// A call that anybody may make.
    @FunctionalInterface
    interface Open {
        CompletionStage<HttpResponse> answer(HttpRequest request, Fields body) throws FrameException;
    }

    /// A call of a user without a body.
    @FunctionalInterface
    interface Plain {
        CompletionStage<HttpResponse> answer(Caller caller, HttpRequest request) throws FrameException;
    }

    /// A call of a user with a body.
    @FunctionalInterface
    interface WithBody {
        CompletionStage<HttpResponse> answer(Caller caller, Fields body) throws FrameException;
    }

    /// Which limit a call counts against.
    enum Kind {
        /// Sends have a limit of their own, the same as on a WebSocket.
        SEND,
        CALL,
        /// May be answered with "there is no such user", which is limited more narrowly.
        LOOK_UP
    }

    private final Authenticated authenticated;
    private final Bodies bodies;
    private final RateLimits limits;
    private final ClientAddresses addresses;

    Calls(final Accounts accounts, final Bodies bodies, final RateLimits limits, final ClientAddresses addresses) {
        this.authenticated = new Authenticated(accounts);
        this.bodies = bodies;
        this.limits = limits;
        this.addresses = addresses;
    }

    String address(final HttpRequest request) {
        return addresses.of(request);
    }

    RateLimits limits() {
        return limits;
    }

    /// Answers `call` to anybody.
    Route open(final Open call) {
        return answering(request -> {
            limits.openCall(address(request));
            return bodies.read(request)
                    .thenCompose(Refused.<Fields, CompletionStage<HttpResponse>>unchecked(
                            body -> call.answer(request, body)));
        });
    }

    /// Answers `call` to users.
    Route users(final Kind kind, final Plain call) {
        return answering(request -> authenticated
                .caller(request)
                .thenCompose(caller -> counted(
                        kind,
                        caller,
                        request,
                        Refused.<HttpRequest, CompletionStage<HttpResponse>>unchecked(
                                asked -> call.answer(caller, asked))::apply)));
    }

    /// Answers `call` to users who send a body.
    Route usersWithBody(final Kind kind, final WithBody call) {
        return usersWithBody(kind, Bodies.BYTES_MAX, call);
    }

    /// Answers `call` to users who send a body of another size than usual.
    Route usersWithBody(final Kind kind, final int bytesMax, final WithBody call) {
        return users(
                kind,
                (caller, request) -> bodies.read(request, bytesMax)
                        .thenCompose(Refused.<Fields, CompletionStage<HttpResponse>>unchecked(
                                body -> call.answer(caller, body))));
    }

    /// A call of a user who sends bytes.
    @FunctionalInterface
    interface WithBytes {
        CompletionStage<HttpResponse> answer(Caller caller, byte[] bytes) throws FrameException;
    }

    /// Answers `call` to users who send bytes.
    Route usersWithBytes(final Kind kind, final int bytesMax, final WithBytes call) {
        return users(
                kind,
                (caller, request) -> bodies.readBytes(request, bytesMax)
                        .thenCompose(Refused.<byte[], CompletionStage<HttpResponse>>unchecked(
                                bytes -> call.answer(caller, bytes))));
    }

    /// A call whose caller is known.
    @FunctionalInterface
    private interface Known {
        CompletionStage<HttpResponse> answer(HttpRequest request);
    }

    private CompletionStage<HttpResponse> counted(
            final Kind kind, final Caller caller, final HttpRequest request, final Known call) {
        final var user = caller.user();
        switch (kind) {
            case SEND -> limits.send(user);
            case CALL -> limits.call(user);
            case LOOK_UP -> {
                limits.call(user);
                limits.mayNameUsers(user, address(request));
            }
        }
        return call.answer(request).exceptionally(failure -> {
            final var problem = Problems.of(failure);
            if (problem.code() == ErrorCode.UNKNOWN_USER) {
                limits.namedUnknown(user, address(request));
            }
            throw new Refused(problem);
        });
    }

    /// Anything that can be answered or refused.
    @FunctionalInterface
    public interface Answering {
        CompletionStage<HttpResponse> answer(HttpRequest request) throws FrameException;
    }

    /// Answers `call`, with a problem document where it is refused or fails.
    public static Route answering(final Answering call) {
        return handle(request -> start(call, request).exceptionally(Problems::response));
    }

    private static CompletionStage<HttpResponse> start(final Answering call, final HttpRequest request) {
        try {
            return call.answer(request);
        } catch (final FrameException | RuntimeException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }
}
