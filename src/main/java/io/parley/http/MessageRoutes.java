package io.parley.http;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.post;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import io.parley.account.Accounts;
import io.parley.account.Caller;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Entry;
import io.parley.conversation.Pages;
import io.parley.conversation.PostReply;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.protocol.Addressing;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.FrameException;
import io.parley.protocol.PageRequest;
import io.parley.protocol.WireJson;
import io.parley.session.Cursors;
import io.parley.session.Frames;
import io.parley.user.UserCommand;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// Sending, reading and acknowledging messages.
final class MessageRoutes {
    /// How long a message that may be an old resend waits: its conversation may search the log for it.
    private static final Duration PATIENCE_OLD = Duration.ofSeconds(32);

    private static final Set<String> CLASSIC_INTEGERS = Set.of("offset", "messageCount");
    private static final Set<String> CLASSIC_TEXTS = Set.of("timestamp", "userId");
    private static final Set<String> PAGE_INTEGERS = Set.of("after", "before", "limit");
    private static final Set<String> INTEGERS = Set.of("after", "before", "limit", "offset", "messageCount");

    private final Accounts accounts;
    private final Entities entities;
    private final History history;
    private final ClassicHistory classic;
    private final ConversationList list;
    private final Calls calls;

    MessageRoutes(
            final Accounts accounts,
            final Entities entities,
            final History history,
            final ConversationList list,
            final Calls calls) {
        this.accounts = accounts;
        this.entities = entities;
        this.history = history;
        this.classic = new ClassicHistory(history);
        this.list = list;
        this.calls = calls;
    }

    Route routes() {
        final var conversation = segment("conversations").slash(segment());
        return concat(
                path("messages", () -> post(() -> calls.usersWithBody(Calls.Kind.SEND, this::send))),
                path("conversations", () -> get(() -> calls.users(Calls.Kind.CALL, this::list))),
                path(
                        conversation.slash("messages"),
                        id -> get(
                                () -> calls.users(Calls.Kind.LOOK_UP, (caller, request) -> page(caller, id, request)))),
                path(
                        conversation.slash("delivered"),
                        id -> post(() -> calls.usersWithBody(
                                Calls.Kind.LOOK_UP, (caller, body) -> acknowledge(caller, id, false, body)))),
                path(
                        conversation.slash("read"),
                        id -> post(() -> calls.usersWithBody(
                                Calls.Kind.LOOK_UP, (caller, body) -> acknowledge(caller, id, true, body)))));
    }

    // sending

    private CompletionStage<HttpResponse> send(final Caller caller, final Fields body) throws FrameException {
        final var from = body.optionalUserId("from");
        if (from.isPresent() && !from.get().equals(caller.user())) {
            throw new FrameException(ErrorCode.FORBIDDEN, "'from' is another than you");
        }
        final var conversation = Addressing.conversation(caller.user(), body.requiredTarget());
        final var id = body.requiredMessageId("id");
        final var content = body.requiredContent();
        final var client = body.clientMetadata("client");
        final var after = body.optionalInteger("after", 0, Fields.INTEGER_MAX);
        return entities.<PostReply>askConversation(
                        replyTo -> new ConversationCommand.Post(
                                conversation,
                                caller.user(),
                                caller.device(),
                                id,
                                content.body(),
                                client,
                                content.media(),
                                after,
                                replyTo),
                        after.isPresent() ? PATIENCE_OLD : Entities.PATIENCE)
                .thenApply(reply -> sent(caller, reply));
    }

    private HttpResponse sent(final Caller caller, final PostReply reply) {
        if (reply instanceof PostReply.Accepted accepted) {
            calls.limits().lookedUp(caller.user(), accepted.entriesRead());
            return Answers.json(
                    accepted.resent() ? 200 : 201,
                    WireJson.sent(accepted.id(), accepted.conversation(), accepted.seq(), accepted.time()));
        }
        throw new Refused(Frames.refusal(reply).orElseThrow());
    }

    // reading

    private CompletionStage<HttpResponse> list(final Caller caller, final HttpRequest request) throws FrameException {
        final var fields = Parameters.of(request, Set.of("updatedAfter", "cursor"), Set.of("limit"));
        final var cursor = fields.optionalString("cursor");
        final var asked = new ConversationList.Asked(
                fields.optionalTime("updatedAfter"),
                cursor.isPresent() ? Optional.of(ConversationList.place(cursor.get())) : Optional.empty(),
                (int) fields.optionalInteger("limit", 1, ConversationList.LIMIT_MAX)
                        .orElse(ConversationList.LIMIT_DEFAULT));
        calls.limits().page(caller.user());
        return list.read(caller, asked).thenApply(json -> {
            calls.limits().pageRead(caller.user(), json.length());
            return Answers.json(200, json);
        });
    }

    private CompletionStage<HttpResponse> page(final Caller caller, final String spelt, final HttpRequest request)
            throws FrameException {
        final var conversation = Addressing.conversation(caller.user(), spelt);
        final var fields = Parameters.of(request, CLASSIC_TEXTS, INTEGERS);
        calls.limits().page(caller.user());
        return read(caller, conversation, fields).thenApply(page -> {
            calls.limits()
                    .pageRead(
                            caller.user(),
                            page.entries().stream().mapToLong(Entry::bytes).sum());
            return Answers.json(200, WireJson.page(Frames.toWire(page.entries(), caller.user()), page.head()));
        });
    }

    private CompletionStage<History.Page> read(
            final Caller caller, final ConversationId conversation, final Fields fields) throws FrameException {
        final boolean isClassic = anyOf(CLASSIC_INTEGERS, fields) || anyOf(CLASSIC_TEXTS, fields);
        if (!isClassic) {
            return history.page(caller, conversation, Frames.toQuery(fields.pageRequest()));
        }
        if (anyOf(PAGE_INTEGERS, fields)) {
            throw new FrameException(
                    ErrorCode.INVALID,
                    "give after, before and limit, or offset, messageCount, timestamp and userId: not of both");
        }
        final var user = fields.optionalUserId("userId");
        if (user.isPresent() && !user.get().equals(caller.user())) {
            throw new FrameException(ErrorCode.FORBIDDEN, "'userId' is another than you");
        }
        final var asked = new ClassicHistory.Asked(
                fields.optionalInteger("offset", 0, Fields.INTEGER_MAX).orElse(0),
                (int) fields.optionalInteger("messageCount", 1, Pages.ENTRIES_MAX)
                        .orElse(PageRequest.LIMIT_DEFAULT),
                fields.optionalTime("timestamp"));
        return classic.read(caller, conversation, asked);
    }

    private static boolean anyOf(final Set<String> names, final Fields fields) {
        return names.stream().anyMatch(fields::has);
    }

    // acknowledging

    private CompletionStage<HttpResponse> acknowledge(
            final Caller caller, final String spelt, final boolean read, final Fields body) throws FrameException {
        final var conversation = Addressing.conversation(caller.user(), spelt);
        final long seq = body.requiredSeq("seq");
        final var device = body.optionalDeviceId("device").orElse(caller.device());
        return linked(caller, device)
                .thenCompose(_ -> history.page(caller, conversation, Cursors.question(conversation, seq)))
                .thenApply(Refused.<History.Page, Long>unchecked(
                        page -> Cursors.delivered(conversation, seq, device, page.entries(), page.head())))
                .thenCompose(delivered ->
                        entities.<UserCommand.CursorsStored>askUser(replyTo -> new UserCommand.Acknowledge(
                                caller.user(),
                                device,
                                conversation,
                                seq,
                                delivered,
                                read ? Math.min(seq, delivered) : 0,
                                Optional.of(replyTo))))
                .thenApply(stored -> {
                    if (!stored.known()) {
                        throw new Refused(DeviceRoutes.noSuchDevice());
                    }
                    return Answers.noContent();
                });
    }

    /// Whether `device` is one of the caller's; the one that calls is. Fails with [Refused].
    private CompletionStage<Boolean> linked(final Caller caller, final DeviceId device) {
        if (device.equals(caller.device())) {
            return CompletableFuture.completedStage(true);
        }
        return DeviceRoutes.linked(accounts, caller).thenApply(devices -> {
            if (devices.stream().noneMatch(each -> each.device().equals(device))) {
                throw new Refused(DeviceRoutes.noSuchDevice());
            }
            return true;
        });
    }
}
