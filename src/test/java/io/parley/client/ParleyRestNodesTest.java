package io.parley.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// REST calls with a list of two nodes, of which the first does not do what it should.
final class ParleyRestNodesTest {
    private static final UserId ADA = new UserId("ada");
    private static final String LOGIN =
            "{\"token\":\"t\",\"expiresAt\":\"2999-01-01T00:00:00.000Z\",\"refreshToken\":\"r\",\"device\":\"00000000000000aa\",\"user\":\"ada\",\"uid\":\"u\"}";
    private static final String SENT =
            "{\"id\":\"m\",\"conversation\":\"ada~bob\",\"seq\":3,\"time\":\"2026-11-24T08:15:30.000Z\"}";
    private static final ScriptedServer.Answer UNAVAILABLE =
            new ScriptedServer.Answer(503, "{\"code\":\"unavailable\"}");
    private static final ScriptedServer.Answer UNAUTHENTICATED =
            new ScriptedServer.Answer(401, "{\"code\":\"unauthenticated\"}");
    private static final ScriptedServer.Answer TAKEN = new ScriptedServer.Answer(409, "{\"code\":\"conflict\"}");

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> open = new ArrayList<>();

    /// What the second node answers, by `METHOD path`.
    private volatile Function<String, ScriptedServer.Answer> second = request -> new ScriptedServer.Answer(404, "{}");

    @AfterEach
    void close() throws Exception {
        for (final var each : open) {
            each.close();
        }
    }

    private ScriptedServer node(final String name, final Function<String, ScriptedServer.Answer> answers) {
        final var server = ScriptedServer.start(
                (method, path, headers, body) -> {
                    asked.add(name + " " + method + " " + path);
                    return answers.apply(method + " " + path);
                },
                connection -> {});
        open.add(server);
        return server;
    }

    /// A node that takes a request and ends the connection instead of answering.
    private URI mute() throws IOException {
        final var listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(listening);
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    try (var socket = listening.accept()) {
                        asked.add("first");
                        socket.getInputStream().read(new byte[8_192]);
                    }
                }
            } catch (final IOException closed) {
                // the test is over
            }
        });
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    private static URI nobody() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + free.getLocalPort());
        }
    }

    /// A client that asks `first` first, then the node of `second`.
    private <T> T call(final URI first, final Function<ParleyRest, CompletableFuture<T>> what) {
        final var other = node("second", request -> second.apply(request)).address();
        final var runtime = ClientRuntime.create(1);
        open.add(runtime);
        final var rest = ParleyRest.inOrder(List.of(first, other), runtime);
        return what.apply(rest).orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static RefusedException refusal(final Runnable call) {
        final var thrown = assertThrows(CompletionException.class, call::run);
        return assertInstanceOf(RefusedException.class, thrown.getCause());
    }

    private void answers(final String request, final ScriptedServer.Answer answer) {
        final var others = second;
        second = asks -> asks.equals(request) ? answer : others.apply(asks);
    }

    private URI unavailable() {
        return node("first", request -> UNAVAILABLE).address();
    }

    @Test
    void a_node_that_cannot_be_reached_is_passed_over_by_every_call() throws IOException {
        answers("PUT /v1/password", new ScriptedServer.Answer(204, ""));
        call(nobody(), rest -> rest.changePassword("t", "old", "new"));
        answers("POST /v1/login", new ScriptedServer.Answer(200, LOGIN));
        assertEquals(
                "t",
                call(nobody(), rest -> rest.login(ADA, "correct horse", NewDevice.named("laptop")))
                        .token());
    }

    @Test
    void a_message_whose_answer_was_lost_is_sent_again_elsewhere_under_its_id() throws IOException {
        answers("POST /v1/messages", new ScriptedServer.Answer(200, SENT));
        final var sent = call(
                mute(),
                rest -> rest.sendMessage(
                        "t", new MessageId("m"), new Target.User("bob"), TextBody.of("hi"), OptionalLong.empty()));
        assertEquals(3, sent.seq());
        assertTrue(asked.contains("first"));
    }

    @Test
    void a_refresh_is_repeated_elsewhere_while_the_token_still_gives_the_same_answer() throws IOException {
        answers("POST /v1/login/refresh", new ScriptedServer.Answer(200, LOGIN));
        assertEquals("t", call(mute(), rest -> rest.refresh("r1")).token());
        assertEquals("t", call(unavailable(), rest -> rest.refresh("r1")).token());
    }

    @Test
    void a_login_of_a_new_device_is_not_repeated_where_it_may_have_linked_one() throws IOException {
        answers("POST /v1/login", new ScriptedServer.Answer(200, LOGIN));
        final var mute = mute();
        final var lost = assertThrows(
                CompletionException.class,
                () -> call(mute, rest -> rest.login(ADA, "correct horse", NewDevice.named("laptop"))));
        assertInstanceOf(IOException.class, lost.getCause());
        call(unavailable(), rest -> rest.login(ADA, "correct horse", NewDevice.named("laptop")));
        final var again = NewDevice.again(new DeviceId("00000000000000aa"), "laptop");
        call(mute(), rest -> rest.login(ADA, "correct horse", again));
    }

    @Test
    void a_new_password_is_not_set_twice() {
        assertEquals(
                ErrorCode.UNAVAILABLE,
                refusal(() -> call(unavailable(), rest -> rest.changePassword("t", "old", "new")))
                        .code());
        assertEquals(List.of("first PUT /v1/password"), List.copyOf(asked));
    }

    @Test
    void a_name_that_is_taken_since_this_registration_took_it_is_registered() throws IOException {
        answers("POST /v1/accounts", TAKEN);
        answers("POST /v1/login", new ScriptedServer.Answer(200, LOGIN));
        answers("POST /v1/logout", new ScriptedServer.Answer(204, ""));
        call(mute(), rest -> rest.register(ADA, "correct horse", Optional.empty()));
        assertEquals("second POST /v1/logout", asked.getLast(), "the login that told leaves no device");
    }

    @Test
    void a_name_that_somebody_else_has_stays_taken() throws IOException {
        answers("POST /v1/accounts", TAKEN);
        answers("POST /v1/login", UNAUTHENTICATED);
        final var mute = mute();
        assertEquals(
                ErrorCode.CONFLICT,
                refusal(() -> call(mute, rest -> rest.register(ADA, "correct horse", Optional.empty())))
                        .code());
        asked.clear();
        final var gone = nobody();
        assertEquals(
                ErrorCode.CONFLICT,
                refusal(() -> call(gone, rest -> rest.register(ADA, "correct horse", Optional.empty())))
                        .code());
        assertEquals(List.of("second POST /v1/accounts"), List.copyOf(asked), "nothing was open, so nothing is tried");
    }

    @Test
    void a_logout_that_had_been_done_counts_as_done() throws IOException {
        answers("POST /v1/logout", UNAUTHENTICATED);
        call(mute(), rest -> rest.logout("t"));
        final var gone = nobody();
        assertEquals(
                ErrorCode.UNAUTHENTICATED,
                refusal(() -> call(gone, rest -> rest.logout("t"))).code());
    }

    @Test
    void what_one_node_refuses_no_other_is_asked() {
        final var refusing = node("first", request -> UNAUTHENTICATED).address();
        assertEquals(
                ErrorCode.UNAUTHENTICATED,
                refusal(() -> call(refusing, rest -> rest.devices("t"))).code());
        assertEquals(List.of("first GET /v1/devices"), List.copyOf(asked));
    }

    @Test
    void devices_and_people_are_read() {
        answers(
                "GET /v1/devices",
                new ScriptedServer.Answer(
                        200,
                        "{\"devices\":[{\"device\":\"00000000000000aa\",\"name\":\"laptop\",\"platform\":\"java\",\"linked\":\"2026-11-24T08:15:30.000Z\",\"current\":true}]}"));
        final var devices = call(unavailable(), rest -> rest.devices("t"));
        assertEquals("laptop", devices.getFirst().name());
        assertTrue(devices.getFirst().current() && devices.getFirst().lastSeen().isEmpty());
        answers(
                "GET /v1/users/ada",
                new ScriptedServer.Answer(200, "{\"user\":\"ada\",\"name\":\"Ada\",\"uid\":\"u\"}"));
        assertEquals("Ada", call(unavailable(), rest -> rest.profile("t", ADA)).name());
    }
}
