package io.parley.client;

import io.parley.content.Body;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.Target;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// The REST calls a client needs, at any node of a list. Every future fails with [RefusedException] where the
/// server refused, with an [java.io.IOException] where no node could be reached or did not answer within 30 s,
/// as the cause of a `CompletionException`.
///
/// A call that a node could not be asked, did not answer or was not able to decide (503) is made once at each
/// of the others, as far as it can be repeated without doing it twice; each method says how far. At one node
/// alone nothing is repeated.
///
/// ```java
/// var rest = new ParleyRest(URI.create("http://127.0.0.1:8080"), ClientRuntime.shared());
/// rest.register(new UserId("ada"), password, Optional.of("Ada")).join();
/// var login = rest.login(new UserId("ada"), password, NewDevice.named("laptop")).join();
/// ```
public final class ParleyRest {
    /// The last refresh token may be used again within 30 s of its first use; later it would cost the device.
    private static final Duration REFRESH_WITHIN = Duration.ofSeconds(15);

    private static final Duration REFRESH_TIMEOUT = Duration.ofSeconds(10);

    private final RestCalls calls;

    /// The calls at one node.
    ///
    /// @param base of the node, such as `http://127.0.0.1:8080`
    public ParleyRest(final URI base, final ClientRuntime runtime) {
        this(List.of(base), runtime);
    }

    /// @param nodes their addresses, such as `http://127.0.0.1:8080`; one is begun with at random, then the one
    ///              that did well last is asked
    public ParleyRest(final List<URI> nodes, final ClientRuntime runtime) {
        this(shuffled(nodes, runtime), runtime);
    }

    private ParleyRest(final Addresses nodes, final ClientRuntime runtime) {
        this.calls = new RestCalls(nodes, runtime);
    }

    private static Addresses shuffled(final List<URI> nodes, final ClientRuntime runtime) {
        final var waits = ClientSettings.DEFAULTS;
        final var random = runtime.random();
        return Addresses.shuffled(nodes, new Backoff(waits.backoffFirst(), waits.backoffMost(), random), random);
    }

    /// Without the shuffling, for tests.
    static ParleyRest inOrder(final List<URI> nodes, final ClientRuntime runtime) {
        final var random = runtime.random();
        return new ParleyRest(
                new Addresses(nodes, new Backoff(Duration.ofMillis(1), Duration.ofMillis(1), random), random), runtime);
    }

    /// `POST /v1/accounts`. `conflict` if the name is taken. Where the answer of one node was lost and the next
    /// says `conflict`, a login with the password tells whether the account is the one just made.
    public CompletableFuture<Void> register(final UserId user, final String password, final Optional<String> name) {
        final var body = new JsonPrinter()
                .object()
                .member("user", user.value())
                .member("password", password)
                .member("name", name)
                .end();
        return call(post("/v1/accounts", body.toString(), Repeat.ALWAYS)
                        .wasOurs(refused -> refused.code() == ErrorCode.CONFLICT
                                ? isPassword(user, password)
                                : CompletableFuture.completedFuture(false)))
                .thenAccept(answer -> {});
    }

    /// Whether this is the password; links a device for a moment.
    private CompletableFuture<Boolean> isPassword(final UserId user, final String password) {
        return login(user, password, NewDevice.named("registration"))
                .thenCompose(login -> logout(login.token()))
                .handle((done, failure) -> failure == null);
    }

    /// `POST /v1/login`. `unauthenticated` for a wrong password or unknown user, `conflict` for the 17th
    /// device. With the id of a linked device it is repeated whatever happened; for a new one not where the
    /// answer was lost, since that would link two.
    public CompletableFuture<Login> login(final UserId user, final String password, final NewDevice device) {
        return login(user, password, device, Optional.empty());
    }

    /// The same, in the place of a linked device.
    public CompletableFuture<Login> login(
            final UserId user, final String password, final NewDevice device, final Optional<DeviceId> replace) {
        final var body = new JsonPrinter()
                .object()
                .member("user", user.value())
                .member("password", password)
                .name("device")
                .object()
                .member("id", device.id().map(DeviceId::value))
                .member("name", device.name())
                .member("platform", device.platform())
                .end()
                .member("replace", replace.map(DeviceId::value))
                .end();
        final var repeat = device.id().isPresent() ? Repeat.ALWAYS : Repeat.UNLESS_LOST;
        return call(post("/v1/login", body.toString(), repeat)).thenApply(RestAnswers::login);
    }

    /// `POST /v1/login/refresh`. `unauthenticated` if the token is not the last one. Repeated within the time
    /// in which the token gives the same answer again.
    public CompletableFuture<Login> refresh(final String refreshToken) {
        final var body =
                new JsonPrinter().object().member("refreshToken", refreshToken).end();
        return call(post("/v1/login/refresh", body.toString(), Repeat.ALWAYS).within(REFRESH_WITHIN, REFRESH_TIMEOUT))
                .thenApply(RestAnswers::login);
    }

    /// `POST /v1/logout`: unlinks the device; its connections end.
    public CompletableFuture<Void> logout(final String token) {
        return call(as(token, post("/v1/logout", "{}", Repeat.ALWAYS))
                        .wasOurs(refused ->
                                CompletableFuture.completedFuture(refused.code() == ErrorCode.UNAUTHENTICATED)))
                .thenAccept(answer -> {});
    }

    /// `PUT /v1/password`: all other devices are logged out. Repeated only where no node has seen it: the
    /// second time the old password would be wrong.
    public CompletableFuture<Void> changePassword(final String token, final String old, final String fresh) {
        final var body = new JsonPrinter()
                .object()
                .member("old", old)
                .member("new", fresh)
                .end();
        final var request = json().PUT(HttpRequest.BodyPublishers.ofString(body.toString()));
        return call(as(token, RestCalls.Call.of("/v1/password", request, Repeat.IF_UNSEEN)))
                .thenAccept(answer -> {});
    }

    /// `POST /v1/messages`: one message without a connection. Repeat it with the same `id` and `after` where
    /// the future failed with anything but a refusal for good.
    public CompletableFuture<ServerFrame.Sent> sendMessage(
            final String token, final MessageId id, final Target to, final Body body, final OptionalLong after) {
        return sendMessage(token, id, to, body, List.of(), after);
    }

    /// The same of a message that carries uploads.
    public CompletableFuture<ServerFrame.Sent> sendMessage(
            final String token,
            final MessageId id,
            final Target to,
            final Body body,
            final List<MediaId> media,
            final OptionalLong after) {
        final var json = new JsonPrinter().object();
        switch (to) {
            case Target.User(final var user) -> json.member("to", user);
            case Target.Conversation(final var conversation) -> json.member("conversation", conversation);
        }
        json.member("id", id.value()).member("body", body.json());
        if (!media.isEmpty()) {
            json.name("media").array();
            media.forEach(each -> json.value(each.value()));
            json.endArray();
        }
        after.ifPresent(seq -> json.member("after", seq));
        return call(as(token, post("/v1/messages", json.end().toString(), Repeat.ALWAYS)))
                .thenCompose(RestAnswers::sent);
    }

    /// `GET /v1/conversations`: the most recently active first.
    ///
    /// @param limit 1 to 100
    public CompletableFuture<ConversationSummary.Page> conversations(
            final String token, final Optional<Instant> updatedAfter, final int limit, final Optional<String> cursor) {
        final var path = "/v1/conversations?limit=" + limit
                + updatedAfter
                        .map(time -> "&updatedAfter=" + encoded(time.toString()))
                        .orElse("")
                + cursor.map(next -> "&cursor=" + encoded(next)).orElse("");
        return call(as(token, get(path))).thenCompose(RestAnswers::conversations);
    }

    /// `GET /v1/conversations/{id}/messages`: a page of history, ascending.
    public CompletableFuture<ServerFrame.Page> messages(
            final String token, final ConversationId conversation, final PageRequest page) {
        final var where = switch (page) {
            case PageRequest.After(final var seq, final var limit) -> "limit=" + limit + "&after=" + seq;
            case PageRequest.Before(final var seq, final var limit) -> "limit=" + limit + "&before=" + seq;
            case PageRequest.Newest(final var limit) -> "limit=" + limit;
        };
        return call(as(token, get(of(conversation) + "/messages?" + where)))
                .thenCompose(answer -> RestAnswers.page(conversation, answer));
    }

    /// `GET /v1/conversations/{id}/group`: whether the conversation has a group, so that what is said in it is
    /// encrypted.
    public CompletableFuture<Boolean> isEncrypted(final String token, final ConversationId conversation) {
        return call(as(token, get(of(conversation) + "/group")))
                .thenApply(_ -> true)
                .exceptionally(thrown -> {
                    if (Repeat.cause(thrown) instanceof final RefusedException why
                            && why.code() == ErrorCode.NOT_FOUND) {
                        return false;
                    }
                    throw new CompletionException(Repeat.cause(thrown));
                });
    }

    /// `POST /v1/conversations/{id}/delivered`: this device holds everything up to `seq`.
    public CompletableFuture<Void> delivered(final String token, final ConversationId conversation, final long seq) {
        return cursor(token, conversation, "delivered", seq);
    }

    /// `POST /v1/conversations/{id}/read`: the person has read everything up to `seq`.
    public CompletableFuture<Void> read(final String token, final ConversationId conversation, final long seq) {
        return cursor(token, conversation, "read", seq);
    }

    private CompletableFuture<Void> cursor(
            final String token, final ConversationId conversation, final String which, final long seq) {
        final var body = new JsonPrinter().object().member("seq", seq).end();
        return call(as(token, post(of(conversation) + "/" + which, body.toString(), Repeat.ALWAYS)))
                .thenAccept(answer -> {});
    }

    /// `GET /v1/users/{user}`. `unknown-user` if there is none.
    public CompletableFuture<Profile> profile(final String token, final UserId user) {
        return call(as(token, get("/v1/users/" + user.value()))).thenApply(RestAnswers::profile);
    }

    /// `GET /v1/users/{user}/presence`.
    public CompletableFuture<ServerFrame.Presence> presence(final String token, final UserId user) {
        return call(as(token, get("/v1/users/" + user.value() + "/presence"))).thenCompose(RestAnswers::presence);
    }

    /// `GET /v1/devices`: the caller's devices.
    public CompletableFuture<List<LinkedDevice>> devices(final String token) {
        return call(as(token, get("/v1/devices"))).thenApply(RestAnswers::devices);
    }

    /// `DELETE /v1/devices/{device}`: unlinks one of the caller's devices.
    public CompletableFuture<Void> unlink(final String token, final DeviceId device) {
        final var path = "/v1/devices/" + device.value();
        return call(as(token, RestCalls.Call.of(path, HttpRequest.newBuilder().DELETE(), Repeat.ALWAYS))
                        .wasOurs(refused -> CompletableFuture.completedFuture(refused.code() == ErrorCode.NOT_FOUND)))
                .thenAccept(answer -> {});
    }

    private static String of(final ConversationId conversation) {
        return "/v1/conversations/" + encoded(conversation.value());
    }

    private static String encoded(final String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static RestCalls.Call get(final String path) {
        return RestCalls.Call.of(path, HttpRequest.newBuilder().GET(), Repeat.ALWAYS);
    }

    private static RestCalls.Call post(final String path, final String json, final Repeat repeat) {
        return RestCalls.Call.of(path, json().POST(HttpRequest.BodyPublishers.ofString(json)), repeat);
    }

    private static HttpRequest.Builder json() {
        return HttpRequest.newBuilder().header("Content-Type", "application/json");
    }

    private static RestCalls.Call as(final String token, final RestCalls.Call call) {
        call.request().header("Authorization", "Bearer " + token);
        return call;
    }

    private CompletableFuture<String> call(final RestCalls.Call call) {
        return calls.make(call);
    }
}
