package io.parley.http;

import io.parley.account.Caller;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Entry;
import io.parley.conversation.SummaryReply;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.WireJson;
import io.parley.session.Frames;
import io.parley.session.Outsider;
import io.parley.user.UserCommand.ChatList;
import io.parley.user.UserCommand.ListChats;
import io.parley.user.UserCommand.Place;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/// The list of a person's conversations: which they are the inbox says, how each stands the conversation
/// itself, and what neither has in memory the log.
final class ConversationList {
    static final int LIMIT_DEFAULT = 50;
    static final int LIMIT_MAX = 100;

    /// Conversations asked at once for one list: a list takes a few rounds, and wakes no more entities at a
    /// time.
    private static final int PARALLEL = 16;

    /// What is asked.
    record Asked(Optional<Instant> updatedAfter, Optional<Place> before, int limit) {}

    private record Item(ChatList.Chat chat, SummaryReply.Summary summary, Entry last, long unread) {}

    private final Entities entities;
    private final History history;
    private final ActorSystem<?> system;

    ConversationList(final Entities entities, final History history, final ActorSystem<?> system) {
        this.entities = entities;
        this.history = history;
        this.system = system;
    }

    /// The list as JSON. Fails with [Refused].
    CompletionStage<String> read(final Caller caller, final Asked asked) {
        final var user = caller.user();
        return entities.<ChatList>askUser(
                        replyTo -> new ListChats(user, asked.updatedAfter(), asked.before(), asked.limit(), replyTo))
                .thenCompose(list -> Source.from(list.chats())
                        .mapAsync(PARALLEL, chat -> item(caller, chat))
                        .runWith(Sink.seq(), system)
                        .thenApply(items -> json(user, list, items)));
    }

    /// Empty where there is nothing to show: no message was stored yet, or the person is not a member any more.
    private CompletionStage<Optional<Item>> item(final Caller caller, final ChatList.Chat chat) {
        final var conversation = chat.conversation();
        return entities.<SummaryReply>askConversation(replyTo -> new ConversationCommand.Summarise(
                        conversation, caller.user(), Optional.of(caller.device()), chat.read(), 0, replyTo))
                .thenCompose(reply -> switch (reply) {
                    case SummaryReply.Summary summary ->
                        summary.head() == 0
                                ? CompletableFuture.completedStage(Optional.<Item>empty())
                                : last(summary)
                                        .thenApply(
                                                last -> summary.outside() ? Outsider.seen(last, caller.device()) : last)
                                        .thenCombine(
                                                unread(caller.user(), summary),
                                                (last, unread) -> Optional.of(new Item(chat, summary, last, unread)));
                    case SummaryReply.UnknownUser _, SummaryReply.NotAMember _ ->
                        CompletableFuture.completedStage(Optional.<Item>empty());
                    case SummaryReply.Unavailable _ -> throw new Refused(Frames.unavailable());
                });
    }

    private CompletionStage<Entry> last(final SummaryReply.Summary summary) {
        return summary.last().isPresent()
                ? CompletableFuture.completedStage(summary.last().get())
                : history.entry(summary.conversation(), summary.head());
    }

    /// What others wrote after the read cursor: all that stands after it, less the person's own and less the
    /// commits. How many of the person's own stand before the cursor, the entry at the cursor tells: it counts
    /// its author's, and in a direct conversation the rest are the other's.
    private CompletionStage<Long> unread(final UserId user, final SummaryReply.Summary summary) {
        if (summary.unread().isPresent()) {
            return CompletableFuture.completedStage(summary.unread().getAsLong());
        }
        final long read = summary.read();
        if (read == 0) {
            return CompletableFuture.completedStage(summary.head() - summary.ownCount() - summary.commits());
        }
        return history.entry(summary.conversation(), read).thenApply(entry -> {
            final long ownUpToRead = entry.author().equals(user) ? entry.nth() : read - entry.nth();
            return summary.head() - read - (summary.ownCount() - ownUpToRead) - summary.commits();
        });
    }

    private static String json(final UserId user, final ChatList list, final List<Optional<Item>> items) {
        final var json = new JsonPrinter().object().name("conversations").array();
        items.stream().flatMap(Optional::stream).forEach(item -> print(json, user, item, list.readReceipts()));
        json.endArray();
        if (list.more() && !list.chats().isEmpty()) {
            json.member("cursor", cursor(list.chats().getLast()));
        }
        return json.end().toString();
    }

    private static void print(final JsonPrinter json, final UserId user, final Item item, final boolean readReceipts) {
        final var summary = item.summary();
        json.object()
                .member("conversation", summary.conversation().value())
                .member("head", summary.head())
                .name("last");
        WireJson.entry(json, Frames.toWire(item.last(), user))
                .member("delivered", delivered(item))
                .member("read", summary.read())
                .member("unread", item.unread())
                .name("receipts")
                .array();
        for (final var other : summary.others()) {
            WireJson.receipt(json, other.user(), other.delivered(), readReceipts ? other.read() : 0, List.of());
        }
        json.endArray()
                .member("updated", Instant.ofEpochMilli(item.chat().atMillis()))
                .end();
    }

    /// What is read is delivered, also what the person wrote and the read cursor passed over; in notes to
    /// oneself the latter is delivered only when another device has it.
    private static long delivered(final Item item) {
        final var chat = item.chat();
        return chat.conversation().isNotes()
                ? chat.delivered()
                : Math.max(chat.delivered(), item.summary().read());
    }

    private static String cursor(final ChatList.Chat last) {
        return cursor(new Place(last.atMillis(), last.conversation()));
    }

    private static String cursor(final Place place) {
        final var text = place.atMillis() + " " + place.conversation().value();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The place that a cursor of an earlier answer names.
    ///
    /// @throws FrameException `invalid` if it is none of ours
    static Place place(final String cursor) throws FrameException {
        try {
            final var text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            final int space = text.indexOf(' ');
            final var place = new Place(
                    Long.parseLong(text.substring(0, Math.max(0, space))),
                    new ConversationId(text.substring(space + 1)));
            if (cursor(place).equals(cursor)) {
                return place;
            }
        } catch (final IllegalArgumentException notOurs) {
            // refused below like any other that is not ours
        }
        throw new FrameException(ErrorCode.INVALID, "'cursor' is not one that an earlier answer gave");
    }
}
