package io.parley.session;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Entry;
import io.parley.conversation.PageQuery;
import io.parley.conversation.PageReply;
import io.parley.conversation.SummaryReply;
import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.protocol.Addressing;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameException;
import io.parley.protocol.Limits;
import io.parley.protocol.ServerFrame;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What the device asks for and waits to hear: pages of history, receipts, and whether a cursor it names is in
/// the log.
final class Asking {
    private static final Duration PATIENCE = Duration.ofSeconds(7);

    /// Questions of one socket under way, each conversation of a `receipts` frame being one: as many as it may
    /// have unanswered sends.
    private static final int ASKED_MAX = Limits.V1.inFlight();

    /// A cursor that the log confirms.
    record Cursor(ConversationId conversation, long seq, boolean read, long delivered) {}

    private sealed interface Question {
        Instant deadline();
    }

    private record Pull(ConversationId conversation, Optional<String> ref, Instant deadline) implements Question {}

    private record Claim(ConversationId conversation, long seq, boolean read, Optional<String> ref, Instant deadline)
            implements Question {}

    /// One `receipts` frame; its parts come one by one.
    private static final class ReceiptsAsked {
        final Optional<String> ref;
        int missing;

        ReceiptsAsked(final Optional<String> ref, final int missing) {
            this.ref = ref;
            this.missing = missing;
        }
    }

    private record Part(ReceiptsAsked whole, ConversationId conversation, Instant deadline) implements Question {}

    private final Identity self;
    private final Addresses addresses;
    private final LongSupplier tags;
    private final Map<Long, Question> questions = new HashMap<>();

    Asking(final Identity self, final Addresses addresses, final LongSupplier tags) {
        this.self = self;
        this.addresses = addresses;
        this.tags = tags;
    }

    void pull(final ClientFrame.Pull frame, final Instant now, final Decision decision) throws FrameException {
        final var conversation = Addressing.conversation(self.user(), frame.conversation());
        if (isFull(1, frame.ref(), decision)) {
            return;
        }
        final long tag = tags.getAsLong();
        questions.put(tag, new Pull(conversation, frame.ref(), now.plus(PATIENCE)));
        read(conversation, Frames.toQuery(frame.page()), tag, decision);
    }

    void receipts(final ClientFrame.Receipts frame, final Instant now, final Decision decision) throws FrameException {
        final var wanted = new ArrayList<ConversationId>();
        for (final var each : frame.conversations()) {
            wanted.add(Addressing.conversation(self.user(), each));
        }
        if (wanted.isEmpty()) {
            decision.send(new ServerFrame.ReceiptsEnd(frame.ref()));
            return;
        }
        if (isFull(wanted.size(), frame.ref(), decision)) { // all of them or none
            return;
        }
        final var whole = new ReceiptsAsked(frame.ref(), wanted.size());
        for (final var conversation : wanted) {
            final long tag = tags.getAsLong();
            questions.put(tag, new Part(whole, conversation, now.plus(PATIENCE)));
            decision.tell(new ConversationCommand.Summarise(
                    conversation, self.user(), Optional.of(self.device()), 0, tag, addresses.summaries()));
        }
    }

    /// Is `seq` in the log? The session does not know the conversation's head, or not as far as that.
    void claim(
            final ConversationId conversation,
            final long seq,
            final boolean read,
            final Optional<String> ref,
            final Instant now,
            final Decision decision) {
        if (isFull(1, ref, decision)) {
            return;
        }
        final long tag = tags.getAsLong();
        questions.put(tag, new Claim(conversation, seq, read, ref, now.plus(PATIENCE)));
        read(conversation, Cursors.question(conversation, seq), tag, decision);
    }

    boolean isAsking(final long tag) {
        return questions.containsKey(tag);
    }

    /// An answer that is not a page.
    void refused(final PageReply reply, final Decision decision) {
        final var question = questions.remove(reply.tag());
        if (question == null) {
            return;
        }
        final var refusal = switch (reply) {
            case PageReply.UnknownUser unknown -> Frames.unknownUser(unknown.user());
            case PageReply.NotAMember _ -> Frames.notFound();
            case PageReply.Page _, PageReply.InLog _, PageReply.Unavailable _ -> Frames.unavailable();
        };
        refuse(question, refusal, decision);
    }

    /// A page that was asked for.
    ///
    /// @return the cursor, if that was the question and the log confirms it
    Optional<Cursor> page(final long tag, final List<Entry> entries, final long head, final Decision decision) {
        final var question = questions.remove(tag);
        return switch (question) {
            case null -> Optional.empty();
            case Part _ -> Optional.empty(); // not asked with a page
            case Pull pull -> {
                decision.send(new ServerFrame.Page(
                        pull.conversation(), Frames.toWire(entries, self.user()), head, pull.ref()));
                yield Optional.empty();
            }
            case Claim claim -> {
                try {
                    final long delivered =
                            Cursors.delivered(claim.conversation(), claim.seq(), self.device(), entries, head);
                    yield Optional.of(new Cursor(claim.conversation(), claim.seq(), claim.read(), delivered));
                } catch (final FrameException refused) {
                    refuse(
                            claim,
                            new Frames.Refused(
                                    refused.error().code(), refused.error().message()),
                            decision);
                    yield Optional.empty();
                }
            }
        };
    }

    void summary(final SummaryReply reply, final boolean readReceipts, final Decision decision) {
        if (!(questions.remove(reply.tag()) instanceof Part part)) {
            return;
        }
        switch (reply) {
            case SummaryReply.Summary summary ->
                summary.others()
                        .forEach(word -> decision.send(Receipts.frame(
                                summary.conversation(),
                                readReceipts ? word : new Watermark(word.user(), word.delivered(), 0),
                                part.whole().ref)));
            case SummaryReply.UnknownUser unknown -> refuse(part, Frames.unknownUser(unknown.user()), decision);
            case SummaryReply.NotAMember _ -> refuse(part, Frames.notFound(), decision);
            case SummaryReply.Unavailable _ -> refuse(part, Frames.unavailable(), decision);
        }
        finish(part, decision);
    }

    void tick(final Instant now, final Decision decision) {
        final var late = questions.entrySet().stream()
                .filter(each -> !now.isBefore(each.getValue().deadline()))
                .map(Map.Entry::getKey)
                .toList();
        for (final var tag : late) {
            final var question = questions.remove(tag);
            if (question != null) {
                refuse(question, Frames.unavailable(), decision);
                if (question instanceof Part part) {
                    finish(part, decision);
                }
            }
        }
    }

    private static void finish(final Part part, final Decision decision) {
        part.whole().missing--;
        if (part.whole().missing == 0) {
            decision.send(new ServerFrame.ReceiptsEnd(part.whole().ref));
        }
    }

    private boolean isFull(final int more, final Optional<String> ref, final Decision decision) {
        if (questions.size() + more <= ASKED_MAX) {
            return false;
        }
        decision.refuse(ErrorCode.RATE_LIMITED, "too many unanswered questions: wait for their answers", ref);
        return true;
    }

    private void read(
            final ConversationId conversation, final PageQuery query, final long tag, final Decision decision) {
        decision.tell(new ConversationCommand.ReadPage(
                conversation, self.user(), Optional.of(self.device()), query, tag, addresses.pages()));
    }

    private static void refuse(final Question question, final Frames.Refused refusal, final Decision decision) {
        switch (question) {
            case Pull pull -> decision.refuse(refusal.code(), refusal.message(), pull.ref(), pull.conversation());
            case Claim claim -> decision.refuse(refusal.code(), refusal.message(), claim.ref(), claim.conversation());
            case Part part -> decision.refuse(refusal.code(), refusal.message(), part.whole().ref, part.conversation());
        }
    }
}
