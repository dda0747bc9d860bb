package io.parley.session;

import io.parley.cluster.ReplyTo;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Entry;
import io.parley.conversation.PageReply;
import io.parley.conversation.PostReply;
import io.parley.conversation.SummaryReply;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.CloseCode;
import io.parley.protocol.EncryptionPolicy;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.ServerFrame;
import io.parley.user.Delivery;
import io.parley.user.UserCommand;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One connection's session for the simulator: the production decisions.
public final class SimulatedSession {
    /// What the session does outside itself.
    public interface Outside {
        void send(ServerFrame frame);

        void close(CloseCode code);

        void authenticate(String token);

        void tell(UserCommand message);

        void tell(ConversationCommand message);

        void read(LogPart part);
    }

    /// A part of a log that is to be read.
    public static final class LogPart {
        private final Decision.ReadLog asked;

        private LogPart(final Decision.ReadLog asked) {
            this.asked = asked;
        }

        public ConversationId conversation() {
            return asked.conversation();
        }

        public long from() {
            return asked.from();
        }

        public long to() {
            return asked.to();
        }
    }

    private final SessionRules rules;
    private final Outside outside;

    /// @param window how many messages may be under way to the device
    public SimulatedSession(
            final ReplyTo<Delivery> deliveries,
            final ReplyTo<PostReply> posts,
            final ReplyTo<PageReply> pages,
            final ReplyTo<SummaryReply> summaries,
            final long stamp,
            final int window,
            final Instant now,
            final Outside outside) {
        this.rules = new SessionRules(
                new Addresses(deliveries, posts, pages, summaries),
                stamp,
                "life",
                false,
                EncryptionPolicy.DEFAULT,
                new Pushing.Window(window, Math.max(1, window * 2 / 5), Math.max(1, window / 2)),
                now);
        this.outside = outside;
    }

    public boolean takesFrames() {
        return rules.takesFrames();
    }

    public void frame(final ClientFrame frame, final Instant now) {
        perform(rules.frame(frame, now));
    }

    public void authenticated(final UserId user, final DeviceId device, final long generation, final Instant now) {
        perform(rules.authenticated(new Identity(user, device, generation, user.value()), now));
    }

    public void refused() {
        perform(rules.refused(ErrorCode.UNAUTHENTICATED, "not linked"));
    }

    public void delivery(final Delivery delivery, final Instant now) {
        perform(rules.delivery(delivery, now));
    }

    public void posted(final PostReply reply, final Instant now) {
        perform(rules.posted(reply, now));
    }

    public void page(final PageReply reply, final Instant now) {
        perform(rules.page(reply, now));
    }

    public void summary(final SummaryReply reply) {
        perform(rules.summary(reply));
    }

    public void logRead(final LogPart part, final Optional<List<Entry>> entries, final Instant now) {
        perform(entries.map(read -> rules.logRead(part.asked, read, now)).orElseGet(() -> rules.logFailed(part.asked)));
    }

    public void tick(final Instant now) {
        perform(rules.tick(now));
    }

    public void ended() {
        perform(rules.ended());
    }

    private void perform(final Decision decision) {
        for (final var effect : decision.effects()) {
            switch (effect) {
                case Decision.Send(final var frame) -> outside.send(frame);
                case Decision.Close close -> outside.close(close.code());
                case Decision.Authenticate(final var token) -> outside.authenticate(token);
                case Decision.TellUser(final var message) -> outside.tell(message);
                case Decision.TellConversation(final var message) -> outside.tell(message);
                case Decision.ReadLog asked -> outside.read(new LogPart(asked));
            }
        }
    }
}
