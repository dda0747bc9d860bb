package io.parley.conversation;

import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What a conversation knows of one member, none of it durable: whether the member's inbox is known to have the
/// conversation open, whether a device is attached, how far the member has come, and which of it the others
/// have confirmed to have heard.
final class MemberDesk {
    private static final Duration REPEAT_FIRST = Duration.ofSeconds(1);
    private static final Duration REPEAT_LAST = Duration.ofSeconds(60);

    final UserId member;

    /// The member's inbox durably says that the conversation is open: it may be appended to.
    boolean opened;

    private boolean online;

    /// Since when, by the latest word of it; the words that say so may overtake each other.
    private long attachedSince;

    /// The period a [ConversationCommand.Noted] is awaited for.
    @Nullable
    Nonce awaited;

    Instant notifiedAt = Instant.MIN;

    /// The member's durable watermark has been heard since this conversation started; before that none is told.
    boolean reachedKnown;

    /// The question under way about it.
    @Nullable
    Nonce asked;

    /// The member wrote or was written to here and is no user any more: how far he had come is not asked again.
    boolean gone;

    Watermark reached;

    /// The member's user waits to hear that the others know how far he has come.
    boolean owesReachedNoted;

    private final Map<UserId, Watermark> confirmedBy = new HashMap<>();
    private Instant toldAt = Instant.MIN;
    private Duration repeatAfter = REPEAT_FIRST;

    MemberDesk(final UserId member) {
        this.member = member;
        this.reached = new Watermark(member, 0, 0);
    }

    boolean isOnline() {
        return online;
    }

    /// A device of the member is attached, says whoever says that.
    void mark(final OptionalLong since) {
        since.ifPresent(this::mark);
    }

    void mark(final long since) {
        online = true;
        attachedSince = Math.max(attachedSince, since);
    }

    /// The member who came online at `since` is gone. One who has come since is not meant.
    void unmark(final long since) {
        if (since >= attachedSince) {
            online = false;
        }
    }

    /// Takes a word of how far the member has come.
    void reaches(final Watermark word) {
        if (!word.isCoveredBy(reached)) {
            reached = reached.max(word);
            repeatAfter = REPEAT_FIRST;
        }
    }

    void confirm(final UserId by, final Watermark heard) {
        confirmedBy.merge(by, heard, Watermark::max);
    }

    /// Takes it that `other` knows what only passes over the member's own entries.
    void confirmOwn(final UserId other, final ConversationState state) {
        final var heard = confirmedBy.getOrDefault(other, new Watermark(member, 0, 0));
        final var passed =
                new Watermark(member, state.pastOwn(heard.delivered(), member), state.pastOwn(heard.read(), member));
        if (reached.isCoveredBy(passed)) {
            confirmedBy.put(other, reached);
        }
    }

    boolean hasConfirmed(final UserId other) {
        final var heard = confirmedBy.get(other);
        return heard != null && reached.isCoveredBy(heard);
    }

    /// Whether all of `members` but this one know all there is to know.
    boolean isToldTo(final Iterable<UserId> members) {
        for (final var other : members) {
            if (!other.equals(member) && !hasConfirmed(other)) {
                return false;
            }
        }
        return true;
    }

    /// Whether there is something to say that nobody has been told: a member who has come nowhere needs no
    /// receipt.
    boolean hasNews() {
        return reachedKnown && (reached.delivered() > 0 || reached.read() > 0);
    }

    boolean mayTellAgain(final Instant now) {
        return !now.isBefore(toldAt.plus(repeatAfter));
    }

    void told(final Instant now) {
        repeatAfter = toldAt.equals(Instant.MIN) || repeatAfter.compareTo(REPEAT_LAST) >= 0
                ? repeatAfter
                : repeatAfter.multipliedBy(2);
        toldAt = now;
    }

    Optional<Nonce> awaited() {
        return Optional.ofNullable(awaited);
    }
}
