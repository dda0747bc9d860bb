package io.parley.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.id.ConversationId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.PageRequest;
import io.parley.protocol.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The REST calls over a real socket: what is sent, and how answers and refusals are read.
final class ParleyRestTest {
    private static final ConversationId TALK = new ConversationId("ada~bob");
    private static final String LOGIN =
            "{\"token\":\"t%d\",\"expiresAt\":\"%s\",\"refreshToken\":\"r%d\",\"device\":\"00000000000000aa\",\"user\":\"ada\",\"uid\":\"u\"}";
    private static final String ENTRY =
            "{\"seq\":3,\"id\":\"m\",\"from\":\"bob\",\"device\":\"00000000000000bb\",\"time\":\"2026-11-24T08:15:30.000Z\",\"body\":{\"type\":\"text\",\"text\":\"hi\"}}";

    private volatile ScriptedServer.Answer answer = new ScriptedServer.Answer(200, "{}");
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final ScriptedServer server = ScriptedServer.start(
            (method, path, headers, body) -> {
                asked.add(method + " " + path + " " + headers.getOrDefault("authorization", "-") + " " + body);
                return answer;
            },
            connection -> {});
    private final ParleyRest rest = new ParleyRest(server.address(), ClientRuntime.shared());

    @AfterEach
    void close() {
        server.close();
    }

    private static <T> T within(final CompletableFuture<T> future) {
        return future.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void a_login_gives_tokens_that_its_text_does_not_show() {
        answer = new ScriptedServer.Answer(200, LOGIN.formatted(1, "2026-11-24T08:15:30.000Z", 1));
        final var login = within(rest.login(new UserId("ada"), "correct horse", NewDevice.named("laptop")));
        assertEquals("t1", login.token());
        assertEquals("r1", login.refreshToken());
        assertFalse(login.toString().contains("t1") || login.toString().contains("r1"));
        assertEquals(
                List.of(
                        "POST /v1/login - {\"user\":\"ada\",\"password\":\"correct horse\",\"device\":{\"name\":\"laptop\",\"platform\":\"java\"}}"),
                List.copyOf(asked));
    }

    @Test
    void a_message_can_be_sent_and_history_read() {
        answer = new ScriptedServer.Answer(
                201, "{\"id\":\"m\",\"conversation\":\"ada~bob\",\"seq\":3,\"time\":\"2026-11-24T08:15:30.000Z\"}");
        final var sent = within(rest.sendMessage(
                "t", new MessageId("m"), new Target.User("bob"), TextBody.of("hi"), OptionalLong.of(2)));
        assertEquals(3, sent.seq());
        answer = new ScriptedServer.Answer(200, "{\"messages\":[" + ENTRY + "],\"head\":9}");
        final var page = within(rest.messages("t", TALK, new PageRequest.Before(4, 10)));
        assertEquals(9, page.head());
        assertEquals(Optional.of(new UserId("bob")), page.messages().getFirst().from());
        answer = new ScriptedServer.Answer(
                200,
                "{\"conversations\":[{\"conversation\":\"ada~bob\",\"head\":9,\"last\":" + ENTRY
                        + ",\"delivered\":8,\"read\":7,\"unread\":2,\"receipts\":[{\"user\":\"bob\",\"delivered\":5,\"read\":4}],\"updated\":\"2026-11-24T08:15:30.000Z\"}],\"cursor\":\"next\"}");
        final var list = within(rest.conversations("t", Optional.empty(), 10, Optional.empty()));
        assertEquals(Optional.of("next"), list.cursor());
        assertEquals(5, list.conversations().getFirst().receipts().getFirst().delivered());
        assertEquals(
                List.of(
                        "POST /v1/messages Bearer t {\"to\":\"bob\",\"id\":\"m\",\"body\":{\"type\":\"text\",\"text\":\"hi\"},\"after\":2}",
                        "GET /v1/conversations/ada%7Ebob/messages?limit=10&before=4 Bearer t ",
                        "GET /v1/conversations?limit=10 Bearer t "),
                List.copyOf(asked));
    }

    @Test
    void a_refusal_names_its_code_and_the_wait() {
        answer = new ScriptedServer.Answer(
                429,
                "{\"type\":\"about:blank\",\"code\":\"rate-limited\",\"detail\":\"slowly\"}",
                Map.of("Retry-After", "7"));
        final var refused = refusal(rest.read("t", TALK, 3));
        assertEquals(ErrorCode.RATE_LIMITED, refused.code());
        assertEquals(Optional.of(Duration.ofSeconds(7)), refused.retryAfter());
        answer = new ScriptedServer.Answer(502, "<html>a proxy's page</html>");
        assertEquals(
                ErrorCode.UNAVAILABLE, refusal(rest.delivered("t", TALK, 3)).code());
    }

    private static RefusedException refusal(final CompletableFuture<?> future) {
        final var thrown = assertThrows(CompletionException.class, () -> within(future));
        return assertInstanceOf(RefusedException.class, thrown.getCause());
    }

    @Test
    void tokens_are_refreshed_once_and_a_refused_refresh_asks_for_a_login() {
        answer = new ScriptedServer.Answer(200, LOGIN.formatted(1, "2999-01-01T00:00:00.000Z", 1));
        final var changes = new ArrayList<String>();
        final var tokens = new RefreshingTokens(
                rest,
                within(rest.login(new UserId("ada"), "correct horse", NewDevice.named("laptop"))),
                ClientRuntime.shared(),
                login -> changes.add(login.token()));
        assertEquals("t1", within(tokens.token().toCompletableFuture()));
        answer = new ScriptedServer.Answer(200, LOGIN.formatted(2, "2999-01-01T00:00:00.000Z", 2));
        assertEquals(Optional.of("t2"), within(tokens.refresh("t1").toCompletableFuture()));
        assertEquals(Optional.of("t2"), within(tokens.refresh("t1").toCompletableFuture())); // not tried yet
        assertEquals(List.of("t2"), changes);
        assertEquals(2, asked.size());
        answer = new ScriptedServer.Answer(401, "{\"code\":\"unauthenticated\"}");
        assertEquals(Optional.empty(), within(tokens.refresh("t2").toCompletableFuture()));
        answer = new ScriptedServer.Answer(403, "{\"code\":\"forbidden\"}"); // the account is disabled
        assertEquals(Optional.empty(), within(tokens.refresh("t2").toCompletableFuture()));
        answer = new ScriptedServer.Answer(503, "{\"code\":\"unavailable\"}");
        assertThrows(
                CompletionException.class, () -> within(tokens.refresh("t2").toCompletableFuture()));
    }
}
