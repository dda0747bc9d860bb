package io.parley.session;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.PostReply;
import io.parley.id.ConversationId;
import io.parley.id.MessageId;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.ToLongFunction;

/// The device's messages on their way into conversations: each answered once, at most [Limits#inFlight]
/// unanswered.
///
/// A conversation that moves to another node may never get what it was sent meanwhile. So a message that is not
/// answered soon is told again; the conversation knows it by its id. While one is told again those that come
/// after it wait here, and where several are on their way nothing is told again: they would change places.
final class Sending {
    /// How long an answer is awaited: longer than a conversation makes anybody wait for a member's inbox.
    private static final Duration PATIENCE = Duration.ofSeconds(7);

    /// How long that of a message which may be an old resend: as long as its conversation searches the log.
    private static final Duration PATIENCE_OLD = Duration.ofSeconds(32);

    /// A conversation knows at least so many of the last ones without searching.
    private static final long KNOWN = 1_000;

    /// Until it is told a second time; twice as long until the third, and so on.
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private record Key(ConversationId conversation, MessageId id) {}

    private static final class InFlight {
        final ConversationCommand.Post post;
        final List<Optional<String>> refs = new ArrayList<>(1);
        final Instant deadline;
        Optional<Instant> told = Optional.empty();
        Duration patience = AGAIN;

        InFlight(final ConversationCommand.Post post, final Instant deadline) {
            this.post = post;
            this.deadline = deadline;
        }
    }

    private final Identity self;
    private final Addresses addresses;
    private final Optional<TokenBucket> limit;
    private final ToLongFunction<ConversationId> heads;
    private final Map<Key, InFlight> inFlight = new LinkedHashMap<>();

    /// Per conversation with sends in flight: how many, and the highest `seq` one has got.
    private final Map<ConversationId, Integer> unanswered = new HashMap<>();

    private final Map<ConversationId, Long> highest = new HashMap<>();

    /// Where one message is being told again.
    private final Set<ConversationId> doubtful = new HashSet<>();

    private int askers;

    /// @param heads the highest number known of a conversation; 0 of one that is not known here
    Sending(
            final Identity self,
            final Addresses addresses,
            final Optional<TokenBucket> limit,
            final ToLongFunction<ConversationId> heads) {
        this.self = self;
        this.addresses = addresses;
        this.limit = limit;
        this.heads = heads;
    }

    void send(final ClientFrame.Send frame, final Instant now, final Decision decision) throws FrameException {
        final var conversation = Addressing.conversation(self.user(), frame.target());
        if (askers >= Limits.V1.inFlight()) {
            limited(frame, "too many unanswered messages: wait for their answers", 1, decision);
            return;
        }
        if (limit.isPresent() && !limit.get().take(1, now)) {
            final long seconds = limit.get().untilNext(now).toSeconds() + 1;
            limited(frame, "too many messages in a short time", (int) seconds, decision);
            return;
        }
        askers++;
        final var key = new Key(conversation, frame.id());
        final var same = inFlight.get(key);
        if (same != null) {
            same.refs.add(frame.ref()); // answered together
            return;
        }
        final var post = new ConversationCommand.Post(
                conversation,
                self.user(),
                self.device(),
                frame.id(),
                frame.body(),
                Optional.empty(),
                frame.media(),
                frame.after(),
                addresses.posts());
        final boolean mayBeOld =
                frame.after().isPresent() && frame.after().getAsLong() + KNOWN < heads.applyAsLong(conversation);
        final var sent = new InFlight(post, now.plus(mayBeOld ? PATIENCE_OLD : PATIENCE));
        sent.refs.add(frame.ref());
        inFlight.put(key, sent);
        unanswered.merge(conversation, 1, Integer::sum);
        if (!doubtful.contains(conversation)) {
            tell(sent, now, decision);
        }
    }

    private static void tell(final InFlight sent, final Instant now, final Decision decision) {
        sent.told = Optional.of(now);
        decision.tell(sent.post);
    }

    void answered(final PostReply reply, final Instant now, final Decision decision) {
        final var sent = take(new Key(reply.conversation(), reply.id()));
        if (sent.isEmpty()) {
            return; // already given up; the client sends it again
        }
        if (reply instanceof PostReply.Accepted accepted) {
            highest.merge(accepted.conversation(), accepted.seq(), Math::max);
            limit.ifPresent(bucket -> bucket.charge(TokenBucket.priceOfReading(accepted.entriesRead()), now));
        }
        for (final var ref : sent.get().refs) {
            decision.send(toFrame(reply, ref));
        }
        if (sent.get().told.isPresent()) {
            resume(reply.conversation(), now, decision);
        }
        if (!unanswered.containsKey(reply.conversation())) {
            highest.remove(reply.conversation());
        }
    }

    /// Whether a watermark at `seq` may cover a message of this device whose `sent` has not gone out.
    boolean mayCover(final ConversationId conversation, final long seq) {
        return unanswered.containsKey(conversation) && seq > highest.getOrDefault(conversation, 0L);
    }

    /// Tells again what is not answered, and gives up on what has not been answered in time: nothing was
    /// decided.
    List<ConversationId> tick(final Instant now, final Decision decision) {
        final var late = inFlight.entrySet().stream()
                .filter(each -> !now.isBefore(each.getValue().deadline))
                .map(Map.Entry::getKey)
                .toList();
        for (final var key : late) {
            answered(new PostReply.Unavailable(key.conversation(), key.id(), "no answer"), now, decision);
        }
        for (final var sent : inFlight.values()) {
            final var conversation = sent.post.conversation();
            final boolean overdue = sent.told
                    .filter(at -> !now.isBefore(at.plus(sent.patience)))
                    .isPresent();
            if (overdue && (doubtful.contains(conversation) || unanswered.getOrDefault(conversation, 0) == 1)) {
                doubtful.add(conversation);
                sent.patience = sent.patience.multipliedBy(2);
                tell(sent, now, decision);
            }
        }
        return late.stream().map(Key::conversation).toList();
    }

    /// The one that was told again is answered: on with those that came after it.
    private void resume(final ConversationId conversation, final Instant now, final Decision decision) {
        if (doubtful.remove(conversation)) {
            for (final var sent : inFlight.values()) {
                if (sent.post.conversation().equals(conversation)) {
                    tell(sent, now, decision);
                }
            }
        }
    }

    boolean isEmpty() {
        return inFlight.isEmpty();
    }

    private Optional<InFlight> take(final Key key) {
        final var sent = inFlight.remove(key);
        if (sent != null) {
            askers -= sent.refs.size();
            unanswered.computeIfPresent(key.conversation(), (_, count) -> count == 1 ? null : count - 1);
        }
        return Optional.ofNullable(sent);
    }

    private static ServerFrame toFrame(final PostReply reply, final Optional<String> ref) {
        return reply instanceof PostReply.Accepted accepted
                ? new ServerFrame.Sent(accepted.id(), accepted.conversation(), accepted.seq(), accepted.time(), ref)
                : Frames.refusal(reply)
                        .<ServerFrame>map(refused -> new ServerFrame.Refusal(
                                refused.code(),
                                refused.message(),
                                ref,
                                Optional.of(reply.id().value()),
                                Optional.of(reply.conversation().value()),
                                refused.code() == ErrorCode.UNAVAILABLE ? OptionalInt.of(1) : OptionalInt.empty(),
                                refused.group()))
                        .orElseThrow();
    }

    private static void limited(
            final ClientFrame.Send frame, final String why, final int seconds, final Decision decision) {
        decision.send(new ServerFrame.Refusal(
                ErrorCode.RATE_LIMITED,
                why + "; nothing was stored",
                frame.ref(),
                Optional.of(frame.id().value()),
                Optional.empty(),
                OptionalInt.of(seconds)));
    }
}
