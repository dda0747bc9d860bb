package io.parley.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class RestJudgeTest {
    private static final Optional<String> NONE = Optional.empty();
    private static final Optional<String> JSON = Optional.of("application/json");
    private static final Optional<String> PROBLEM = Optional.of("application/problem+json; charset=UTF-8");
    private static final Optional<String> SEND = Optional.of(
            "{\"to\":\"bob\",\"id\":\"m-1\",\"body\":{\"type\":\"text\",\"text\":\"hi\"},\"hue\":\"blue\"}");
    private static final String SENT =
            "{\"id\":\"m-1\",\"conversation\":\"alice~bob\",\"seq\":17,\"time\":\"2026-11-24T09:30:00.125Z\"}";
    private static final String PAGE = "{\"messages\":[],\"head\":0}";

    private final RestJudge judge = new RestJudge();

    private static Optional<String> problem(final int status, final String code, final String more) {
        return Optional.of(
                "{\"type\":\"about:blank\",\"title\":\"No\",\"status\":%d,\"code\":\"%s\",\"detail\":\"no\"%s}"
                        .formatted(status, code, more));
    }

    @Test
    void it_knows_every_call() {
        assertEquals(
                Set.of(
                        "CreateAccount",
                        "LogIn",
                        "RefreshLogin",
                        "LogOut",
                        "ChangePassword",
                        "SendMessage",
                        "Conversations",
                        "Conversation",
                        "MarkDelivered",
                        "MarkRead",
                        "User",
                        "Presence",
                        "Devices",
                        "UnlinkDevice",
                        "PublishKeys",
                        "OwnKeys",
                        "ApproveDevice",
                        "AddKeyPackages",
                        "DropKeyPackages",
                        "ClaimKeyPackages",
                        "UserKeys",
                        "UploadBlob",
                        "DownloadBlob",
                        "PostCommit",
                        "Group",
                        "UploadAbilities",
                        "BeginUpload",
                        "ContinueUpload",
                        "ThrowUploadAway",
                        "DownloadMedia",
                        "Settings",
                        "ChangeSettings",
                        "ChangeProfile",
                        "Connect",
                        "Nodes",
                        "OpenApi",
                        "AsyncApi"),
                judge.operations());
    }

    @Test
    void a_fine_exchange_passes_and_is_counted() {
        judge.judgeExchangeOrThrow("POST", "/v1/messages", SEND, 201, JSON, Optional.of(SENT));
        judge.judgeExchangeOrThrow("POST", "/v1/messages", SEND, 200, JSON, Optional.of(SENT));
        judge.judgeExchangeOrThrow(
                "POST", "/v1/messages", Optional.of("{"), 400, PROBLEM, problem(400, "bad-frame", ""));
        judge.judgeExchangeOrThrow("POST", "/v1/logout", NONE, 204, NONE, Optional.of(""));
        judge.judgeExchangeOrThrow(
                "GET",
                "/v1/conversations/alice~bob/messages?offset=0&messageCount=200&timestamp=2026-11-24T09%3A30%3A00.125Z&userId=alice&hue=blue",
                NONE,
                200,
                JSON,
                Optional.of(PAGE));
        assertEquals(1L, judge.seen().get("SendMessage 201"));
        assertEquals(1L, judge.seen().get("Conversation 200"));
        assertFalse(judge.neverSeen().contains("LogOut 204"));
        assertTrue(judge.neverSeen().contains("SendMessage 413"));
        assertFalse(judge.operationsNeverServed().contains("SendMessage"));
        assertTrue(judge.operationsNeverServed().contains("LogIn"));
    }

    @Test
    void a_damaged_exchange_is_found() {
        final var wrong = new TreeMap<String, List<String>>();
        wrong.put("no such path", judge.exchange("POST", "/v1/message", SEND, 201, JSON, Optional.of(SENT)));
        wrong.put("no such method", judge.exchange("PUT", "/v1/messages", SEND, 201, JSON, Optional.of(SENT)));
        wrong.put("status", judge.exchange("POST", "/v1/messages", SEND, 202, JSON, Optional.of(SENT)));
        wrong.put("no request body", judge.exchange("POST", "/v1/messages", NONE, 201, JSON, Optional.of(SENT)));
        wrong.put(
                "accepted though wrong",
                judge.exchange("POST", "/v1/messages", Optional.of("{\"id\":\"m-1\"}"), 201, JSON, Optional.of(SENT)));
        wrong.put("content type", judge.exchange("POST", "/v1/messages", SEND, 201, PROBLEM, Optional.of(SENT)));
        wrong.put("no content type", judge.exchange("POST", "/v1/messages", SEND, 201, NONE, Optional.of(SENT)));
        wrong.put("no answer", judge.exchange("POST", "/v1/messages", SEND, 201, JSON, NONE));
        wrong.put("not JSON", judge.exchange("POST", "/v1/messages", SEND, 201, JSON, Optional.of("sent")));
        wrong.put(
                "unknown member",
                judge.exchange("POST", "/v1/messages", SEND, 201, JSON, Optional.of(SENT.replace("{", "{\"x\":1,"))));
        wrong.put(
                "fraction",
                judge.exchange("POST", "/v1/messages", SEND, 201, JSON, Optional.of(SENT.replace("17", "17.0"))));
        wrong.put("a body with 204", judge.exchange("POST", "/v1/logout", NONE, 204, JSON, Optional.of("{}")));
        wrong.put(
                "code of another status",
                judge.exchange("POST", "/v1/messages", SEND, 400, PROBLEM, problem(400, "conflict", "")));
        wrong.put(
                "status in the problem",
                judge.exchange("POST", "/v1/messages", SEND, 400, PROBLEM, problem(401, "invalid", "")));
        wrong.put(
                "unknown member in a problem",
                judge.exchange("POST", "/v1/messages", SEND, 400, PROBLEM, problem(400, "invalid", ",\"x\":1")));
        wrong.put(
                "limit",
                judge.exchange(
                        "GET", "/v1/conversations/alice~bob/messages?limit=201", NONE, 200, JSON, Optional.of(PAGE)));
        wrong.put(
                "word for number",
                judge.exchange(
                        "GET", "/v1/conversations/alice~bob/messages?after=x", NONE, 200, JSON, Optional.of(PAGE)));
        wrong.put(
                "path parameter",
                judge.exchange("GET", "/v1/conversations/alice/messages", NONE, 200, JSON, Optional.of(PAGE)));
        wrong.put(
                "too many devices without the list",
                judge.exchange("POST", "/v1/login", NONE, 409, PROBLEM, problem(409, "conflict", "")));
        wrong.forEach((what, violations) -> assertFalse(violations.isEmpty(), what));
        assertEquals(Map.of(), judge.seen());
        assertThrows(
                AssertionError.class,
                () -> judge.judgeExchangeOrThrow("POST", "/v1/messages", SEND, 202, JSON, Optional.of(SENT)));
    }

    @Test
    void a_refusal_for_now_says_when_to_come_back() {
        final var limited = problem(429, "rate-limited", "");
        final var type = Map.entry("content-type", PROBLEM.stream().toList());
        final var good = Map.ofEntries(type, Map.entry("retry-after", List.of("2")));
        final var soon = Map.ofEntries(type, Map.entry("Retry-After", List.of("soon")));
        assertEquals(List.of(), judge.exchange(new Exchange("POST", "/v1/messages", SEND, 429, good, limited)));
        assertFalse(judge.exchange(new Exchange("POST", "/v1/messages", SEND, 429, soon, limited))
                .isEmpty());
        assertFalse(judge.exchange(new Exchange("POST", "/v1/messages", SEND, 429, Map.ofEntries(type), limited))
                .isEmpty());
    }

    @Test
    void the_message_of_a_failure_holds_no_password() {
        final var request = Optional.of("{\"user\":\"alice\",\"password\":\"correct horse battery\"}");
        final var thrown = assertThrows(
                AssertionError.class,
                () -> judge.judgeExchangeOrThrow("POST", "/v1/accounts", request, 201, JSON, Optional.of("{}")));
        assertFalse(String.valueOf(thrown.getMessage()).contains("horse"));
    }
}
