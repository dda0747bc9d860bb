package io.parley.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.FrameException;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.WireEntry;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Reads what REST answers. What is a frame on the WebSocket is read as that frame, by the one codec.
final class RestAnswers {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int SECONDS_DIGITS_MAX = 6; // of a Retry-After; a longer wait is nobody's

    private RestAnswers() {}

    static Login login(final String answer) {
        final var json = object(answer);
        return new Login(
                json.required("token").asText(),
                Instant.parse(json.required("expiresAt").asText()),
                json.required("refreshToken").asText(),
                new DeviceId(json.required("device").asText()),
                new UserId(json.required("user").asText()),
                json.required("uid").asText());
    }

    static Profile profile(final String answer) {
        final var json = object(answer);
        return new Profile(
                new UserId(json.required("user").asText()),
                json.required("name").asText(),
                json.required("uid").asText());
    }

    static List<LinkedDevice> devices(final String answer) {
        final var devices = new ArrayList<LinkedDevice>();
        object(answer).required("devices").forEach(each -> devices.add(device(each)));
        return List.copyOf(devices);
    }

    private static LinkedDevice device(final JsonNode json) {
        return new LinkedDevice(
                new DeviceId(json.required("device").asText()),
                json.path("name").asText(),
                json.path("platform").asText(),
                Instant.parse(json.required("linked").asText()),
                Optional.ofNullable(json.get("lastSeen")).map(time -> Instant.parse(time.asText())),
                json.path("current").asBoolean());
    }

    static CompletableFuture<ServerFrame.Sent> sent(final String answer) {
        return frame("sent", object(answer)).thenApply(frame -> (ServerFrame.Sent) frame);
    }

    static CompletableFuture<ServerFrame.Presence> presence(final String answer) {
        return frame("presence", object(answer)).thenApply(frame -> (ServerFrame.Presence) frame);
    }

    static CompletableFuture<ServerFrame.Page> page(final ConversationId conversation, final String answer) {
        return page(conversation, object(answer));
    }

    private static CompletableFuture<ServerFrame.Page> page(final ConversationId conversation, final ObjectNode json) {
        return frame("page", json.put("conversation", conversation.value()))
                .thenApply(frame -> (ServerFrame.Page) frame);
    }

    static CompletableFuture<ConversationSummary.Page> conversations(final String answer) {
        final var json = object(answer);
        final var summaries = new ArrayList<CompletableFuture<ConversationSummary>>();
        json.required("conversations").forEach(each -> summaries.add(summary(each)));
        final var cursor = Optional.ofNullable(json.get("cursor")).map(JsonNode::asText);
        return CompletableFuture.allOf(summaries.toArray(CompletableFuture[]::new))
                .thenApply(done -> new ConversationSummary.Page(
                        summaries.stream().map(CompletableFuture::join).toList(), cursor));
    }

    private static CompletableFuture<ConversationSummary> summary(final JsonNode json) {
        final var conversation =
                new ConversationId(json.required("conversation").asText());
        return last(conversation, json)
                .thenCombine(
                        receipts(conversation, json),
                        (last, receipts) -> new ConversationSummary(
                                conversation,
                                json.required("head").asLong(),
                                last,
                                json.path("delivered").asLong(),
                                json.path("read").asLong(),
                                json.path("unread").asLong(),
                                receipts,
                                Optional.ofNullable(json.get("updated")).map(time -> Instant.parse(time.asText()))));
    }

    private static CompletableFuture<Optional<WireEntry>> last(final ConversationId conversation, final JsonNode json) {
        final var last = json.get("last");
        if (last == null || last.isNull()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        final var page =
                JSON.createObjectNode().put("head", json.required("head").asLong());
        page.putArray("messages").add(last);
        return page(conversation, page)
                .thenApply(read -> Optional.of(read.messages().getFirst()));
    }

    private static CompletableFuture<List<ServerFrame.Receipt>> receipts(
            final ConversationId conversation, final JsonNode json) {
        final var receipts = new ArrayList<CompletableFuture<ServerFrame>>();
        json.path("receipts")
                .forEach(each ->
                        receipts.add(frame("receipt", ((ObjectNode) each).put("conversation", conversation.value()))));
        return CompletableFuture.allOf(receipts.toArray(CompletableFuture[]::new))
                .thenApply(done -> receipts.stream()
                        .map(each -> (ServerFrame.Receipt) each.join())
                        .toList());
    }

    /// The refusal that an answer other than 2xx is.
    static RefusedException problem(final HttpResponse<String> answer) {
        return new RefusedException(
                code(answer), answer.statusCode() + " " + detail(answer.body()), retryAfter(answer));
    }

    /// How long the server wishes to be left alone.
    static Optional<Duration> retryAfter(final HttpResponse<?> answer) {
        return answer.headers()
                .firstValue("Retry-After")
                .filter(value -> value.length() <= SECONDS_DIGITS_MAX
                        && !value.isEmpty()
                        && value.chars().allMatch(Character::isDigit))
                .map(seconds -> Duration.ofSeconds(Integer.parseInt(seconds)));
    }

    private static ErrorCode code(final HttpResponse<String> answer) {
        return text(answer.body(), "code")
                .flatMap(ErrorCode::of)
                .or(() -> Arrays.stream(ErrorCode.values())
                        .filter(code -> code.httpStatus() == answer.statusCode())
                        .findFirst())
                .orElse(answer.statusCode() / 100 == 5 ? ErrorCode.UNAVAILABLE : ErrorCode.INVALID);
    }

    static String detail(final String body) {
        return text(body, "detail").or(() -> text(body, "title")).orElse("");
    }

    private static Optional<String> text(final String body, final String member) {
        try {
            return Optional.ofNullable(JSON.readTree(body))
                    .map(json -> json.get(member))
                    .map(JsonNode::asText);
        } catch (final JsonProcessingException noProblemDocument) { // from a proxy, perhaps
            return Optional.empty();
        }
    }

    private static CompletableFuture<ServerFrame> frame(final String type, final ObjectNode json) {
        try {
            return CompletableFuture.completedFuture(
                    FrameCodec.readServer(json.put("type", type).toString()));
        } catch (final FrameException wrong) {
            return CompletableFuture.failedFuture(Exchange.exception(wrong.error()));
        }
    }

    private static ObjectNode object(final String answer) {
        try {
            return (ObjectNode) JSON.readTree(answer);
        } catch (final JsonProcessingException garbage) {
            throw new UncheckedIOException("the answer is not JSON", garbage);
        }
    }
}
