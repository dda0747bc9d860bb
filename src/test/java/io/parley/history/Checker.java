package io.parley.history;

import io.parley.history.Findings.Sort;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/// Judges a cluster by what its clients did and saw. The rules are the design's invariants; each accuses only
/// what no correct server does, whatever was killed, cut off or delayed. That rests on the history being
/// recorded as [Event] says, from the first message on, and on clients that acknowledge only what was pushed to
/// them or what they sent.
///
/// - **I1** What was acknowledged stands in the final log at that place, from that sender and device, with a
///   text that was sent under its `id`; nothing stands there that nobody sent, or whose every attempt was
///   refused. Every device that was connected and caught up when a conversation's final log was first read has,
///   by the end of the history, received every entry but its own. *Not seen:* an unacknowledged message that
///   vanishes before anyone but the sender saw it (that is allowed); what devices that were away in the end
///   lack; which of several texts under one `id` came first; who should have received what in a group.
/// - **I2** Whoever sees a place sees the same entry there. The final log is 1 to n. Pushes on one connection
///   ascend, and nothing but own or acknowledged entries stands between them; what a device gets for the first
///   time comes after what it got before. Times never fall. *Not seen:* the order in which one socket's sends
///   were stored.
/// - **I3** No receipt is lower than an earlier one to the same client, also on another connection; `read` ≤
///   `delivered` ≤ head; none covers a message first sent on this connection before its `sent`, unless that
///   attempt was refused. *Not seen:* receipts that never come; messages whose earlier attempt may have been
///   stored.
/// - **I4** A watermark is no further than a device of that user had said by then, and the user's own entries
///   sent by then that follow; in notes to oneself only what another device than the sender has said. *Not
///   seen:* which device said it. Judged only where a final log was read.
/// - **I5** One `id` of a sender stands at one place, and every `sent` for it says the same. *Not seen:* a
///   double in a conversation whose log is not read and whose recipients are away.
/// - **I6** Nothing of a direct conversation reaches a third person, nor is one named or writing in it. *Not
///   seen:* groups.
/// - **I7** Last seen is not later than the wall clock, give or take a second. *Not seen:* privacy, and
///   anything without a wall clock.
/// - **I8** A replay begins no later than at the first entry after what the device has acknowledged, and has
///   all of the conversation that was seen by anyone before its last connection ended, when `caught-up` comes.
///   A device is never pushed what it sent. *Not seen:* whether more is pushed again than need be (that is
///   allowed); where exactly a new device starts, only that it does so no later than what its user's devices
///   had acknowledged by its first connection.
/// - **I9** Unread are the others' entries after the read cursor, which is no lower than any receipt ever told
///   and no higher than was said. *Not seen:* a `read` that was said and never confirmed. In notes to oneself
///   only the count.
///
/// Blocking, deletion and entries made by the server are not part of it.
public final class Checker {
    private Checker() {}

    /// Judges a history; I7 by the first [Event.WallClock] in it.
    public static Verdict check(final List<Event> history) {
        for (final var event : history) {
            if (event instanceof Event.WallClock(final var at, final var _, final var wall)) {
                return check(history, Optional.of(moment -> wall.plusNanos(moment - at)));
            }
        }
        return check(history, Optional.empty());
    }

    /// Judges a history.
    ///
    /// @param wallClockOffset what the wall clock, in time since 1970, was ahead of the harness's clock
    public static Verdict check(final List<Event> history, final Duration wallClockOffset) {
        return check(
                history,
                Optional.of(moment -> Instant.EPOCH.plus(wallClockOffset).plusNanos(moment)));
    }

    private static Verdict check(final List<Event> history, final Optional<LongFunction<Instant>> wallClock) {
        final var findings = new Findings();
        final var evidence = new Evidence(history, findings);
        final var course = new Course(evidence, findings, wallClock);
        course.go(history);
        return verdict(evidence, course, findings);
    }

    private static Verdict verdict(final Evidence evidence, final Course course, final Findings findings) {
        long sent = 0;
        long acknowledged = 0;
        long refused = 0;
        long storedUnacknowledged = 0;
        final var unjudged = new ArrayList<String>();
        for (final var log : evidence.logs()) {
            long acknowledgedHere = 0;
            for (final var message : log.messages.values()) {
                sent++;
                acknowledgedHere += message.ok == null ? 0 : 1;
                refused += message.isRefused() ? 1 : 0;
                storedUnacknowledged += message.ok == null && message.seq != 0 ? 1 : 0;
            }
            acknowledged += acknowledgedHere;
            if (!log.wasRead() && (acknowledgedHere > 0 || log.head() > 0)) {
                unjudged.add("no final log of " + log + ", where " + acknowledgedHere + " are acknowledged");
            }
        }
        return new Verdict(
                sent,
                evidence.attempts(),
                acknowledged,
                refused,
                sent - acknowledged - refused,
                storedUnacknowledged,
                evidence.received(),
                findings.count(Sort.LOST),
                findings.count(Sort.DOUBLED),
                findings.count(Sort.OUT_OF_ORDER),
                findings.count(Sort.INVENTED),
                findings.count(Sort.TICK),
                findings.count(Sort.STRANGER),
                findings.count(Sort.PRESENCE),
                findings.count(Sort.REPLAY),
                findings.count(Sort.UNREAD),
                course.deviceCount(),
                course.judgedCount(),
                findings.kept(),
                List.copyOf(unjudged));
    }
}
