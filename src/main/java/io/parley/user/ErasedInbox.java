package io.parley.user;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.MemberMessage;
import io.parley.conversation.Nonce;
import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.id.UserId;
import io.parley.user.UserCommand.Acknowledge;
import io.parley.user.UserCommand.AskDevices;
import io.parley.user.UserCommand.AskPresence;
import io.parley.user.UserCommand.AskSettings;
import io.parley.user.UserCommand.Attach;
import io.parley.user.UserCommand.ChangeSettings;
import io.parley.user.UserCommand.ChatList;
import io.parley.user.UserCommand.CursorsStored;
import io.parley.user.UserCommand.Detach;
import io.parley.user.UserCommand.DevicesNoted;
import io.parley.user.UserCommand.DevicesReply;
import io.parley.user.UserCommand.FromConversation;
import io.parley.user.UserCommand.KeyPackagesLow;
import io.parley.user.UserCommand.KeysChanged;
import io.parley.user.UserCommand.LinkDevices;
import io.parley.user.UserCommand.ListChats;
import io.parley.user.UserCommand.PresenceReply;
import io.parley.user.UserCommand.SettingsReply;
import io.parley.user.UserCommand.Tick;
import io.parley.user.UserCommand.Typing;
import io.parley.user.UserCommand.Unwatch;
import io.parley.user.UserCommand.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/// What an inbox does whose account was deleted: it says to everybody that there is nobody, and stores nothing
/// but its own end.
///
/// A conversation that takes the inbox for one that has it open goes on taking messages without asking. So each
/// of those is settled, as if everything had been delivered: from then on it asks before it appends, and hears
/// [ConversationCommand.Refused]. Only when all have been is the account told that the inbox is erased.
final class ErasedInbox {
    private static final Duration TELL_FIRST = Duration.ofMillis(500);
    private static final Duration TELL_LAST = Duration.ofSeconds(30);

    /// Conversations told in one go, so that a user with thousands of open ones holds nobody up.
    private static final int TELL_MAX = 200;

    private final UserId user;
    private final Supplier<Nonce> nonces;
    private final Sessions sessions;

    /// Those that are to be settled and have not been in this life.
    private final Set<ConversationId> relying = new LinkedHashSet<>();

    /// Of all settles of this life: a consent to an earlier one may be from before the conversation was opened
    /// again.
    private Optional<Nonce> nonce = Optional.empty();

    private Instant tellAt = Instant.MAX;
    private Duration tellAfter = TELL_FIRST;

    /// The account's word that is to be answered.
    private Optional<LinkDevices> asked = Optional.empty();

    ErasedInbox(final UserId user, final Supplier<Nonce> nonces, final Sessions sessions) {
        this.user = user;
        this.nonces = nonces;
        this.sessions = sessions;
    }

    /// When a [Tick] is wanted next; [Instant#MAX] if none is.
    Instant tellAt() {
        return tellAt;
    }

    /// The end itself; where it is the last word, twice: a store that only marks the newest row it deletes
    /// keeps the first of the two, and nothing from before.
    void store(
            final long version, final List<ConversationId> conversations, final Instant now, final Decision decision) {
        final var end = new UserEvent.Erased(version, conversations, now.toEpochMilli());
        decision.store(end);
        if (conversations.isEmpty()) {
            decision.store(end);
        }
    }

    /// The inbox is erased, or was and has started again.
    ///
    /// @param conversations that rely on it, as far as is stored
    void begin(final List<ConversationId> conversations, final Instant now, final Decision decision) {
        if (!conversations.isEmpty()) {
            relying.addAll(conversations);
            nonce = Optional.of(nonces.get());
            tell(now, decision);
        }
    }

    void decide(final InboxState state, final UserCommand command, final Instant now, final Decision decision) {
        switch (command) {
            case LinkDevices link -> answer(link, state.version(), decision);
            case Attach attach -> decision.reply(attach.session(), new Delivery.Revoked(attach.device()));
            case Acknowledge said ->
                said.replyTo().ifPresent(asker -> decision.reply(asker, new CursorsStored(said.conversation(), false)));
            case FromConversation from -> hear(state, from.message(), now, decision);
            case Watch watch -> decision.reply(watch.session(), new Delivery.NoSuchUser(user));
            case AskPresence ask ->
                decision.reply(ask.replyTo(), new PresenceReply(user, false, Optional.empty(), Optional.empty()));
            case ListChats list ->
                decision.reply(
                        list.replyTo(),
                        new ChatList(List.of(), false, state.settings().readReceipts()));
            case AskSettings ask -> decision.reply(ask.replyTo(), new SettingsReply(state.settings()));
            case ChangeSettings change -> decision.reply(change.replyTo(), new SettingsReply(state.settings()));
            case AskDevices ask -> decision.reply(ask.replyTo(), new DevicesReply(List.of()));
            case Tick _ -> {
                if (!now.isBefore(tellAt)) {
                    tell(now, decision);
                }
            }
            case Detach _, Typing _, Unwatch _, KeysChanged _, KeyPackagesLow _ -> {}
        }
    }

    /// Answers the account's word, at once or when every conversation has heard. A list of devices from before
    /// the end changes nothing.
    void answer(final LinkDevices link, final long version, final Decision decision) {
        if (relying.isEmpty()) {
            decision.reply(link.replyTo(), new DevicesNoted(user, Math.max(version, link.version())));
        } else if (link.gone()) {
            asked = Optional.of(link);
        }
    }

    private void hear(final InboxState state, final MemberMessage message, final Instant now, final Decision decision) {
        final var conversation = message.conversation();
        switch (message) {
            case MemberMessage.Notify notify -> {
                decision.tell(new ConversationCommand.Refused(conversation, user, notify.period()));
                if (relying.contains(conversation)) { // our settle came with another head
                    settle(conversation, notify.head(), decision);
                }
            }
            case MemberMessage.MayClose mayClose -> settled(state, mayClose, now, decision);
            case MemberMessage.Deliver _ -> detach(conversation, decision);
            case MemberMessage.Receipt receipt ->
                decision.tell(new ConversationCommand.ReceiptNoted(conversation, user, receipt.of()));
            case MemberMessage.AskReached ask ->
                decision.tell(new ConversationCommand.Refused(conversation, user, ask.nonce()));
            case MemberMessage.Status _, MemberMessage.ReachedNoted _, MemberMessage.TypingSeen _ -> {}
        }
    }

    private void settled(
            final InboxState state, final MemberMessage.MayClose mayClose, final Instant now, final Decision decision) {
        if (!nonce.equals(Optional.of(mayClose.nonce())) || !relying.remove(mayClose.conversation())) {
            return;
        }
        tellAfter = TELL_FIRST;
        if (relying.isEmpty()) {
            tellAt = Instant.MAX;
            store(state.version(), List.of(), now, decision);
            asked.ifPresent(link -> answer(link, state.version(), decision));
            asked = Optional.empty();
        }
    }

    /// Those that were told longest ago come first.
    private void tell(final Instant now, final Decision decision) {
        for (final var conversation : relying.stream().limit(TELL_MAX).toList()) {
            relying.remove(conversation);
            relying.add(conversation);
            detach(conversation, decision);
            settle(conversation, 0, decision); // where its head is another, it says so
        }
        tellAt = now.plus(tellAfter);
        final var longer = tellAfter.multipliedBy(2);
        tellAfter = longer.compareTo(TELL_LAST) < 0 ? longer : TELL_LAST;
    }

    private void settle(final ConversationId conversation, final long head, final Decision decision) {
        nonce.ifPresent(ours -> decision.tell(new ConversationCommand.Settle(
                conversation, new Watermark(user, 0, 0), head, ours, OptionalLong.empty())));
    }

    private void detach(final ConversationId conversation, final Decision decision) {
        decision.tell(new ConversationCommand.Detach(conversation, user, sessions.lastAttached()));
    }
}
