package io.parley.ops;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.ConversationLog;
import io.parley.conversation.Entry;
import io.parley.conversation.Pages;
import io.parley.conversation.SummaryReply;
import io.parley.conversation.Watermark;
import io.parley.http.Answers;
import io.parley.http.Entities;
import io.parley.http.Parameters;
import io.parley.http.Refused;
import io.parley.id.ConversationId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.Fields;
import io.parley.protocol.FrameException;
import io.parley.protocol.JsonPrinter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/// Where a message is: its place in the log, who has it, which node has its conversation. Never what it says.
final class MessageDesk {
    /// Entries looked at for one answer.
    static final int SEARCH_MAX = 10_000;

    /// A conversation at one moment.
    ///
    /// @param watermarks how far the members have come; of one's own notes none is told
    private record Whole(ConversationId id, long head, List<Watermark> watermarks, Optional<String> owner) {}

    private final Entities entities;
    private final ConversationLog log;
    private final ShardMap shards;
    private final AdminCalls calls;

    MessageDesk(final Entities entities, final ConversationLog log, final ShardMap shards, final AdminCalls calls) {
        this.entities = entities;
        this.log = log;
        this.shards = shards;
        this.calls = calls;
    }

    Route routes() {
        final var conversation = segment("conversations").slash(segment());
        return concat(
                path(conversation, id -> get(() -> calls.started(_ -> show(conversation(id))))),
                path(
                        conversation.slash("messages"),
                        id -> get(() -> calls.started(request -> search(conversation(id), request)))),
                path(
                        conversation.slash("messages").slash(segment()),
                        (id, seq) -> get(() -> calls.started(_ -> at(conversation(id), seq(seq))))));
    }

    private CompletionStage<HttpResponse> show(final ConversationId id) {
        return whole(id).thenApply(whole -> {
            final var json = new JsonPrinter().object();
            print(json, whole);
            json.name("members").array();
            for (final var member : whole.id().people()) {
                json.object().member("user", member.value());
                reached(whole, member)
                        .ifPresent(reached ->
                                json.member("delivered", reached.delivered()).member("read", reached.read()));
                json.end();
            }
            return Answers.json(200, json.endArray().end().toString());
        });
    }

    private CompletionStage<HttpResponse> at(final ConversationId id, final long seq) {
        return whole(id).thenCompose(whole -> {
            if (seq > whole.head()) {
                throw new Refused(
                        ErrorCode.NOT_FOUND, "the conversation ends at " + whole.head() + ": nothing stands there");
            }
            return read(id, seq, seq).thenApply(entries -> {
                final var json = new JsonPrinter().object();
                print(json, whole);
                print(json, whole, entries.getFirst());
                return Answers.json(200, json.end().toString());
            });
        });
    }

    private CompletionStage<HttpResponse> search(final ConversationId id, final HttpRequest request)
            throws FrameException {
        final var asked = Parameters.of(request, Set.of("id", "from"), Set.of("before"));
        final var wanted = asked.requiredMessageId("id");
        final var from = asked.optionalUserId("from");
        final long before = asked.optionalSeq("before").orElse(Fields.INTEGER_MAX);
        return whole(id).thenCompose(whole -> {
            final long to = Math.min(before - 1, whole.head());
            final long end = Math.max(1, to - SEARCH_MAX + 1);
            final Predicate<Entry> isIt = entry -> entry.id().equals(wanted)
                    && from.map(entry.author()::equals).orElse(true);
            final int most = from.isPresent() ? 1 : id.people().size(); // a sender's id is in a conversation once
            return searched(new Search(id, end, isIt, most), to, List.of())
                    .thenApply(found -> Answers.json(200, printed(whole, wanted, found, end)));
        });
    }

    private record Search(ConversationId id, long end, Predicate<Entry> isIt, int most) {}

    /// Page by page from the newest: one page in memory, whatever is looked through.
    private CompletionStage<List<Entry>> searched(final Search search, final long to, final List<Entry> before) {
        if (to < search.end() || before.size() >= search.most()) {
            return CompletableFuture.completedStage(before);
        }
        final long from = Math.max(search.end(), to - Pages.ENTRIES_MAX + 1);
        return read(search.id(), from, to).thenCompose(entries -> {
            final var found = new ArrayList<>(before);
            entries.stream().filter(search.isIt()).forEach(found::add);
            found.sort(Comparator.comparingLong(Entry::seq));
            return searched(search, from - 1, List.copyOf(found));
        });
    }

    private static String printed(
            final Whole whole, final MessageId wanted, final List<Entry> found, final long searchedFrom) {
        final var json = new JsonPrinter().object();
        print(json, whole);
        json.member("id", wanted.value()).name("messages").array();
        for (final var entry : found) {
            print(json.object(), whole, entry);
            json.end();
        }
        return json.endArray().member("searchedFrom", searchedFrom).end().toString();
    }

    private static void print(final JsonPrinter json, final Whole whole) {
        json.member("conversation", whole.id().value())
                .member("head", whole.head())
                .member("node", whole.owner());
    }

    private static void print(final JsonPrinter json, final Whole whole, final Entry entry) {
        json.member("seq", entry.seq())
                .member("id", entry.id().value())
                .member("from", entry.author().value())
                .member("device", entry.device().value())
                .member("time", entry.time());
        printReached(json.name("delivered"), whole, entry, Watermark::delivered);
        printReached(json.name("read"), whole, entry, Watermark::read);
    }

    private static void printReached(
            final JsonPrinter json, final Whole whole, final Entry entry, final ToLongFunction<Watermark> how) {
        json.array();
        whole.watermarks().stream()
                .filter(watermark -> !watermark.user().equals(entry.author()))
                .filter(watermark -> how.applyAsLong(watermark) >= entry.seq())
                .forEach(watermark -> json.value(watermark.user().value()));
        json.endArray();
    }

    private static Optional<Watermark> reached(final Whole whole, final UserId member) {
        return whole.watermarks().stream()
                .filter(watermark -> watermark.user().equals(member))
                .findFirst();
    }

    /// Each member is told of the others; together that is all of them. Then the shard has an owner for sure.
    private CompletionStage<Whole> whole(final ConversationId id) {
        CompletionStage<Whole> all = CompletableFuture.completedStage(new Whole(id, 0, List.of(), Optional.empty()));
        for (final var member : id.people()) {
            all = all.thenCombine(summary(id, member), MessageDesk::with);
        }
        return all.thenCompose(whole -> shards.owner("conversation", id.value())
                .thenApply(owner -> new Whole(id, whole.head(), whole.watermarks(), owner)));
    }

    private static Whole with(final Whole before, final SummaryReply.Summary summary) {
        final var watermarks = new ArrayList<>(before.watermarks());
        watermarks.addAll(summary.others());
        return new Whole(before.id(), Math.max(before.head(), summary.head()), List.copyOf(watermarks), before.owner());
    }

    private CompletionStage<SummaryReply.Summary> summary(final ConversationId id, final UserId member) {
        return entities.<SummaryReply>askConversation(
                        replyTo -> new ConversationCommand.Summarise(id, member, Optional.empty(), 0, 0, replyTo))
                .thenApply(reply -> switch (reply) {
                    case SummaryReply.Summary summary -> summary;
                    case SummaryReply.UnknownUser unknown ->
                        throw new Refused(ErrorCode.UNKNOWN_USER, "nobody has registered as " + unknown.user());
                    case SummaryReply.NotAMember _ -> throw noSuchConversation();
                    case SummaryReply.Unavailable _ ->
                        throw new Refused(ErrorCode.UNAVAILABLE, "a member's inbox does not answer now");
                });
    }

    private CompletionStage<List<Entry>> read(final ConversationId id, final long from, final long to) {
        return log.read(id, from, to).thenApply(entries -> {
            if (entries.size() != to - from + 1) {
                throw new Refused(ErrorCode.UNAVAILABLE, "the log cannot be read to its end now");
            }
            return entries;
        });
    }

    private static ConversationId conversation(final String text) {
        final var id = ConversationId.parse(text)
                .orElseThrow(() -> new Refused(
                        ErrorCode.INVALID,
                        "this is not a conversation id: two user ids in ASCII order with ~ between, or g. and a UUID"));
        if (!id.isDirect()) {
            throw noSuchConversation();
        }
        return id;
    }

    private static Refused noSuchConversation() {
        return new Refused(ErrorCode.NOT_FOUND, "there is no such conversation");
    }

    private static long seq(final String text) {
        if (text.matches("[1-9][0-9]{0,14}")) {
            return Long.parseLong(text);
        }
        throw new Refused(ErrorCode.INVALID, "this is not a place in a conversation: an integer from 1");
    }
}
