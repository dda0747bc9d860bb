package io.parley.client;

import io.parley.content.Body;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.Target;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/// The REST calls a client needs, against one node. Every future fails with [RefusedException] where the server
/// refused, with an [java.io.IOException] where it could not be reached or did not answer within 30 s, as the
/// cause of a `CompletionException`. Nothing is repeated by itself.
///
/// ```java
/// var rest = new ParleyRest(URI.create("http://127.0.0.1:8080"), ClientRuntime.shared());
/// rest.register(new UserId("ada"), password, Optional.of("Ada")).join();
/// var login = rest.login(new UserId("ada"), password, NewDevice.named("laptop")).join();
/// ```
public final class ParleyRest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final URI base;
    private final ClientRuntime runtime;

    /// @param base of the node, such as `http://127.0.0.1:8080`
    public ParleyRest(final URI base, final ClientRuntime runtime) {
        this.base = base;
        this.runtime = runtime;
    }

    /// `POST /v1/accounts`. `conflict` if the name is taken.
    public CompletableFuture<Void> register(final UserId user, final String password, final Optional<String> name) {
        final var body = new JsonPrinter()
                .object()
                .member("user", user.value())
                .member("password", password)
                .member("name", name)
                .end();
        return call(post("/v1/accounts", body.toString())).thenAccept(answer -> {});
    }

    /// `POST /v1/login`. `unauthenticated` for a wrong password or unknown user, `conflict` for the 17th
    /// device.
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
        return call(post("/v1/login", body.toString())).thenApply(RestAnswers::login);
    }

    /// `POST /v1/login/refresh`. `unauthenticated` if the token is not the last one.
    public CompletableFuture<Login> refresh(final String refreshToken) {
        final var body =
                new JsonPrinter().object().member("refreshToken", refreshToken).end();
        return call(post("/v1/login/refresh", body.toString())).thenApply(RestAnswers::login);
    }

    /// `POST /v1/logout`: unlinks the device; its connections end.
    public CompletableFuture<Void> logout(final String token) {
        return call(as(token, post("/v1/logout", "{}"))).thenAccept(answer -> {});
    }

    /// `PUT /v1/password`: all other devices are logged out.
    public CompletableFuture<Void> changePassword(final String token, final String old, final String fresh) {
        final var body = new JsonPrinter()
                .object()
                .member("old", old)
                .member("new", fresh)
                .end();
        final var request = request("/v1/password")
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body.toString()));
        return call(as(token, request)).thenAccept(answer -> {});
    }

    /// `POST /v1/messages`: one message without a connection. Repeat it with the same `id` and `after` where
    /// the answer was lost.
    public CompletableFuture<ServerFrame.Sent> sendMessage(
            final String token, final MessageId id, final Target to, final Body body, final OptionalLong after) {
        final var json = new JsonPrinter().object();
        switch (to) {
            case Target.User(final var user) -> json.member("to", user);
            case Target.Conversation(final var conversation) -> json.member("conversation", conversation);
        }
        json.member("id", id.value()).member("body", body.json());
        after.ifPresent(seq -> json.member("after", seq));
        return call(as(token, post("/v1/messages", json.end().toString()))).thenCompose(RestAnswers::sent);
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
        return call(as(token, request(path).GET())).thenCompose(RestAnswers::conversations);
    }

    /// `GET /v1/conversations/{id}/messages`: a page of history, ascending.
    public CompletableFuture<ServerFrame.Page> messages(
            final String token, final ConversationId conversation, final PageRequest page) {
        final var where = switch (page) {
            case PageRequest.After(final var seq, final var limit) -> "limit=" + limit + "&after=" + seq;
            case PageRequest.Before(final var seq, final var limit) -> "limit=" + limit + "&before=" + seq;
            case PageRequest.Newest(final var limit) -> "limit=" + limit;
        };
        return call(as(token, request(of(conversation) + "/messages?" + where).GET()))
                .thenCompose(answer -> RestAnswers.page(conversation, answer));
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
        return call(as(token, post(of(conversation) + "/" + which, body.toString())))
                .thenAccept(answer -> {});
    }

    /// `GET /v1/users/{user}/presence`.
    public CompletableFuture<ServerFrame.Presence> presence(final String token, final UserId user) {
        return call(as(token, request("/v1/users/" + user.value() + "/presence").GET()))
                .thenCompose(RestAnswers::presence);
    }

    /// `DELETE /v1/devices/{device}`: unlinks one of the caller's devices.
    public CompletableFuture<Void> unlink(final String token, final DeviceId device) {
        return call(as(token, request("/v1/devices/" + device.value()).DELETE()))
                .thenAccept(answer -> {});
    }

    private static String of(final ConversationId conversation) {
        return "/v1/conversations/" + encoded(conversation.value());
    }

    private static String encoded(final String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(final String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
    }

    private HttpRequest.Builder post(final String path, final String json) {
        return request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json));
    }

    private static HttpRequest.Builder as(final String token, final HttpRequest.Builder request) {
        return request.header("Authorization", "Bearer " + token);
    }

    private CompletableFuture<String> call(final HttpRequest.Builder request) {
        return runtime.http()
                .sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                .thenCompose(answer -> answer.statusCode() / 100 == 2
                        ? CompletableFuture.completedFuture(answer.body())
                        : CompletableFuture.failedFuture(RestAnswers.problem(answer)));
    }
}
