package io.parley.user;

import io.parley.conversation.Entry;
import io.parley.conversation.Nonce;
import io.parley.conversation.Watermark;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is volatile about one conversation in a user's inbox: how far cursors have moved since the last write,
/// what the conversation is known to hold, and when it is to be probed, settled or told again.
final class Lane {
    /// The first probe after activity, when what was sent should have come.
    static final Duration PROBE_FIRST = Duration.ofSeconds(2);
    private static final Duration PROBE_LAST = Duration.ofMinutes(10);
    private static final Duration TELL_FIRST = Duration.ofSeconds(1);
    private static final Duration TELL_LAST = Duration.ofMinutes(2);
    private static final Duration SETTLE_AGAIN = Duration.ofSeconds(5);

    /// How long a conversation must have been quiet before an attached user asks to forget it.
    static final Duration QUIET = Duration.ofMinutes(10);

    /// How long a cursor may stay unwritten that nobody waits for (own entries passed over).
    private static final Duration LAZY = Duration.ofSeconds(10);

    final Chat chat;
    long head;
    long headMillis;
    long delivered;
    long read;
    boolean wrote;
    // the watermarks as far as a device has said so, without passing over what the person wrote
    private long saidDelivered;
    private long saidRead;
    private final Map<DeviceId, Long> cursors = new HashMap<>(4);
    private final Map<UserId, Watermark> others = new HashMap<>(2);

    /// Something has moved since the last write, and somebody waits for it.
    boolean urgent;

    /// Since when something has moved that nobody waits for.
    @Nullable
    private Instant lazySince;

    @Nullable
    private Nonce settling;

    private Instant activeAt;
    private Instant tickedAt = Instant.EPOCH;
    private Instant probeAt = Instant.MIN;
    private Duration probeAfter = PROBE_FIRST;
    private Instant tellAt = Instant.MIN;

    /// A watermark has been told and is perhaps still being written into [#chat].
    private boolean telling;

    private Duration tellAfter = TELL_FIRST;
    private Instant settleAt = Instant.MIN;

    /// The last session has left, and the conversation is to hear of it.
    private boolean leaving;

    /// Where the lane stands in the queue of what is to be done; null: not in it.
    @Nullable
    Instant queuedAt;

    Lane(final Chat chat, final Instant now) {
        this.chat = chat;
        this.head = chat.head;
        this.headMillis = chat.atMillis;
        this.delivered = chat.delivered;
        this.read = chat.read;
        this.saidDelivered = chat.delivered;
        this.saidRead = chat.read;
        this.wrote = chat.wrote;
        this.activeAt = now;
    }

    long cursor(final DeviceId device) {
        final var moved = cursors.get(device);
        return moved == null ? chat.cursor(device) : Math.max(moved, chat.cursor(device));
    }

    /// The device holds everything up to `cursor`; true if that is news.
    boolean moveCursor(final DeviceId device, final long cursor) {
        if (cursor <= cursor(device)) {
            return false;
        }
        cursors.put(device, cursor);
        head = Math.max(head, cursor);
        return true;
    }

    /// A device has said how far the person has come; true if that is news.
    boolean say(final long deliveredTo, final long readTo) {
        saidRead = Math.max(saidRead, readTo);
        saidDelivered = Math.max(saidDelivered, Math.max(deliveredTo, readTo));
        return reach(deliveredTo, readTo);
    }

    /// What the person's own devices are told: nothing that only passes over what they sent.
    Watermark said(final UserId self) {
        return new Watermark(self, saidDelivered, saidRead);
    }

    /// Raises the watermarks; true if that is news.
    private boolean reach(final long deliveredTo, final long readTo) {
        final boolean news = deliveredTo > delivered || readTo > read;
        delivered = Math.max(delivered, Math.max(deliveredTo, readTo));
        read = Math.max(read, readTo);
        return news;
    }

    void knowHead(final long seq, final long millis) {
        head = Math.max(head, seq);
        headMillis = Math.max(headMillis, millis);
    }

    /// A cursor that stands right before what its own device sent passes over it, and so do the person's
    /// watermarks over what the person sent: in notes to oneself they do not, there ✓✓ is another device's
    /// word.
    void passOwn(final UserId self, final Entry entry, final boolean linked, final Instant now) {
        if (!entry.author().equals(self)) {
            return;
        }
        if (linked && cursor(entry.device()) == entry.seq() - 1) {
            moveCursor(entry.device(), entry.seq());
            markLazy(now);
        }
        if (!wrote) {
            wrote = true;
            urgent = true; // others may be allowed to know more from now on
        }
        if (!chat.id.isNotes()) {
            final long readTo = read == entry.seq() - 1 ? entry.seq() : read;
            final long deliveredTo = delivered == entry.seq() - 1 ? entry.seq() : delivered;
            if (reach(deliveredTo, readTo)) {
                markLazy(now);
            }
        }
    }

    void markLazy(final Instant now) {
        if (lazySince == null) {
            lazySince = now;
        }
    }

    boolean isDirty() {
        return urgent || lazySince != null;
    }

    boolean isLazyDue(final Instant now) {
        return lazySince != null && !now.isBefore(lazySince.plus(LAZY));
    }

    /// What is to be written, which is then taken as written: a failed write ends this object's life.
    ///
    /// @param closed every device has everything, so no cursor need be named
    UserEvent.Moved write(final boolean closed) {
        final var moved = new HashMap<DeviceId, Long>(4);
        cursors.forEach((device, cursor) -> {
            if (!closed && cursor > chat.cursor(device)) {
                moved.put(device, cursor);
            }
        });
        urgent = false;
        lazySince = null;
        return new UserEvent.Moved(chat.id, head, headMillis, delivered, read, moved, closed, wrote);
    }

    // settling

    boolean hasEverything(final Collection<InboxState.Device> devices) {
        for (final var device : devices) {
            if (cursor(device.id) < head) {
                return false;
            }
        }
        return !devices.isEmpty();
    }

    void settle(final Nonce nonce, final Instant now) {
        settling = nonce;
        settleAt = now.plus(SETTLE_AGAIN);
    }

    void voidSettle() {
        settling = null;
    }

    boolean isSettling(final Nonce nonce) {
        return nonce.equals(settling);
    }

    boolean maySettle(final Instant now, final boolean attached) {
        return !now.isBefore(settleAt) && (!attached || !now.isBefore(activeAt.plus(QUIET)));
    }

    // what is to be done, and when

    void leave() {
        leaving = true;
        settleAt = Instant.MIN;
    }

    /// Whether the conversation is to hear that nobody is attached any more; it is then taken as told.
    boolean takeLeave() {
        final boolean was = leaving;
        leaving = false;
        return was;
    }

    void activity(final Instant now) {
        activeAt = now;
        if (!probeAfter.equals(PROBE_FIRST) || probeAt.equals(Instant.MIN)) {
            probeAfter = PROBE_FIRST;
            probeAt = now.plus(PROBE_FIRST);
        }
    }

    /// Another member has come further. If the conversation is settled it is probed all the same for a while:
    /// what a session is told of it may be lost.
    void ticked(final Instant now) {
        tickedAt = now;
        if (!chat.open) {
            activity(now);
        }
    }

    /// Whether an attached user probes the conversation: while it is open, and some times after others came
    /// further.
    boolean isProbed() {
        return chat.open || (tickedAt.isAfter(Instant.EPOCH) && probeAt.isBefore(tickedAt.plus(QUIET)));
    }

    void probeNow() {
        probeAt = Instant.EPOCH;
        probeAfter = PROBE_FIRST;
    }

    boolean isProbeDue(final Instant now) {
        return !now.isBefore(probeAt);
    }

    void probed(final Instant now) {
        final boolean active = now.isBefore(activeAt.plus(PROBE_FIRST));
        probeAt = now.plus(probeAfter);
        if (!active && probeAfter.compareTo(PROBE_LAST) < 0) {
            final var longer = probeAfter.multipliedBy(4);
            probeAfter = longer.compareTo(PROBE_LAST) < 0 ? longer : PROBE_LAST;
        }
    }

    void tellSoon(final Instant now) {
        telling = true;
        tellAfter = TELL_FIRST;
        tellAt = now.plus(TELL_FIRST);
    }

    boolean isTellDue(final Instant now) {
        telling = chat.untold;
        return telling && !now.isBefore(tellAt);
    }

    void toldAgain(final Instant now) {
        if (tellAfter.compareTo(TELL_LAST) < 0) {
            tellAfter = tellAfter.multipliedBy(2);
        }
        tellAt = now.plus(tellAfter);
    }

    /// When this lane next wants to be looked at; [Instant#MAX] if it does not.
    Instant dueAt(final boolean attached, final boolean settleable) {
        Instant due = leaving ? Instant.MIN : Instant.MAX;
        if (chat.untold || telling) {
            due = earlier(due, tellAt);
        }
        if (lazySince != null) {
            due = earlier(due, lazySince.plus(LAZY));
        }
        if (attached && isProbed()) {
            due = earlier(due, probeAt);
        }
        if (chat.open && settleable) {
            due = earlier(due, later(settleAt, attached ? activeAt.plus(QUIET) : settleAt));
        }
        return due;
    }

    private static Instant earlier(final Instant one, final Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(final Instant one, final Instant other) {
        return one.isAfter(other) ? one : other;
    }

    // what sessions have been told of others

    /// Takes a word of how far another member has come; true if it is news to the sessions.
    boolean hear(final Watermark word) {
        final var known = others.get(word.user());
        if (known != null && word.isCoveredBy(known)) {
            return false;
        }
        others.put(word.user(), known == null ? word : known.max(word));
        return word.delivered() > 0 || word.read() > 0; // that somebody has come nowhere is no news
    }

    Collection<Watermark> others() {
        return others.values();
    }
}
