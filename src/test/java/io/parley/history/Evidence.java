package io.parley.history;

import io.parley.history.Findings.Sort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was sent, and what stands in the logs: gathered from a whole history, and judged where it does not
/// matter when it was seen (I1 in the log, I2, I5).
final class Evidence {
    private final Findings findings;
    private final Map<String, Log> logs = new LinkedHashMap<>();
    private final Map<String, List<Log>> logsByUser = new HashMap<>();
    private final Map<String, String> users = new HashMap<>();
    private long received;
    private long attempts;

    Evidence(final List<Event> history, final Findings findings) {
        this.findings = findings;
        for (int index = 0; index < history.size(); index++) {
            gather(index, history.get(index));
        }
        logs.values().forEach(this::read);
        for (int index = 0; index < history.size(); index++) {
            compare(index, history.get(index));
        }
        logs.values().forEach(this::judgeMessages);
    }

    Iterable<Log> logs() {
        return logs.values();
    }

    @Nullable
    Log known(final String conversation) {
        return logs.get(conversation);
    }

    Log log(final String conversation) {
        return logs.computeIfAbsent(conversation, name -> {
            final var log = new Log(name);
            log.members.forEach(user ->
                    logsByUser.computeIfAbsent(user, _ -> new ArrayList<>()).add(log));
            return log;
        });
    }

    /// The direct conversations of a user.
    List<Log> logsOf(final String user) {
        return logsByUser.getOrDefault(user, List.of());
    }

    String user(final String client) {
        return users.computeIfAbsent(client, name -> name.substring(0, Math.max(0, name.indexOf('/'))));
    }

    long received() {
        return received;
    }

    long attempts() {
        return attempts;
    }

    // first, what was sent and what was read in the end

    private void gather(final int index, final Event event) {
        switch (event) {
            case final Event.SendCall call -> {
                attempts++;
                final var name = new Message.Name(user(call.client()), call.id());
                final var messages = log(call.conversation()).messages;
                final var before = messages.get(name);
                if (before == null) {
                    messages.put(name, new Message(index, call));
                } else {
                    before.calledAgain(call);
                }
            }
            case final Event.FinalLog read -> log(read.conversation()).readings.add(new Log.Reading(index, read));
            case final Event.Received got -> {
                received++;
                log(got.conversation());
            }
            case final Event.Receipt tick -> log(tick.conversation());
            case Event.Linked _,
                    Event.Connected _,
                    Event.CaughtUp _,
                    Event.Disconnected _,
                    Event.SendOk _,
                    Event.SendRefused _,
                    Event.AckCall _,
                    Event.ReadCall _,
                    Event.Presence _,
                    Event.Fault _,
                    Event.WallClock _,
                    Event.FinalUnread _ -> {}
        }
    }

    private void read(final Log log) {
        for (final var reading : log.readings) {
            final var read = reading.log();
            if (!log.admits(user(read.client()))) {
                findings.add(Sort.STRANGER, Invariant.I6, read.client() + " could read " + log, read);
            }
            long expected = log.isGroup() && !read.entries().isEmpty()
                    ? read.entries().getFirst().seq()
                    : 1;
            for (final var entry : read.entries()) {
                if (entry.seq() != expected) {
                    findings.add(
                            Sort.OUT_OF_ORDER,
                            Invariant.I2,
                            "the log of " + log + " has " + entry.seq() + " where " + expected + " should follow",
                            read);
                }
                expected = entry.seq() + 1;
                take(log, entry, reading.index(), read);
            }
        }
    }

    // then, what was seen on the way

    private void compare(final int index, final Event event) {
        switch (event) {
            case final Event.SendOk ok -> acknowledged(index, ok);
            case final Event.SendRefused refused -> {
                final var log = known(refused.conversation());
                final var message = log == null ? null : log.message(user(refused.client()), refused.id());
                if (message != null && !refused.code().equals("unavailable")) {
                    message.refusals++;
                }
            }
            case final Event.Received got -> {
                final var entry = new Event.Entry(got.seq(), got.id(), got.from(), got.device(), got.text());
                final var log = log(got.conversation());
                if (log.wasReadAfter(index) && log.isPossible(got.seq()) && log.at(got.seq()) == null) {
                    findings.add(
                            Sort.OUT_OF_ORDER,
                            Invariant.I2,
                            got.client() + " was pushed " + got.seq() + " of " + log + ", which the log has not",
                            got,
                            log.readings.getLast().log());
                } else {
                    take(log, entry, index, got);
                }
            }
            case Event.SendCall _,
                    Event.FinalLog _,
                    Event.Linked _,
                    Event.Connected _,
                    Event.CaughtUp _,
                    Event.Disconnected _,
                    Event.AckCall _,
                    Event.ReadCall _,
                    Event.Receipt _,
                    Event.Presence _,
                    Event.Fault _,
                    Event.WallClock _,
                    Event.FinalUnread _ -> {}
        }
    }

    /// An entry was seen whole: it agrees with what is known of its place and of its message, or that is
    /// broken.
    private void take(final Log log, final Event.Entry entry, final int index, final Event seen) {
        if (!log.isPossible(entry.seq())) {
            findings.add(
                    Sort.INVENTED,
                    Invariant.I1,
                    log + " has a place " + entry.seq() + ", but only " + log.messages.size() + " messages were sent",
                    seen);
            return;
        }
        final var known = log.at(entry.seq());
        if (known == null
                || (isBare(known)
                        && known.id().equals(entry.id())
                        && known.from().equals(entry.from()))) {
            log.put(entry);
        } else if (!known.id().equals(entry.id()) || !known.from().equals(entry.from())) {
            findings.add(
                    Sort.OUT_OF_ORDER,
                    Invariant.I2,
                    "at " + entry.seq() + " of " + log + " stands " + name(known) + ", and elsewhere " + name(entry),
                    seen);
            return;
        }
        if (!log.isGroup() || log.message(entry.from(), entry.id()) != null) {
            judgeContent(log, entry, index, seen);
        }
    }

    /// Known by its `sent` alone: which attempt was stored, nobody has seen.
    private static boolean isBare(final Event.Entry entry) {
        return entry.device().isEmpty();
    }

    private void judgeContent(final Log log, final Event.Entry entry, final int index, final Event seen) {
        final var message = log.message(entry.from(), entry.id());
        if (message == null || message.calledAt > index) {
            findings.add(
                    Sort.INVENTED,
                    Invariant.I1,
                    "at " + entry.seq() + " of " + log + " stands " + name(entry) + ", which nobody had sent",
                    seen);
            return;
        }
        final var known = log.at(entry.seq());
        final boolean isOther = known != null && !known.text().equals(entry.text());
        if (isOther || !message.hasText(entry.text())) {
            findings.add(
                    Sort.INVENTED,
                    Invariant.I1,
                    name(entry) + " at " + entry.seq() + " of " + log + " has another text than was sent",
                    message.call,
                    seen);
        } else if (!message.isCalledBy(Event.client(entry.from(), entry.device()))
                || (known != null && !known.device().equals(entry.device()))) {
            findings.add(
                    Sort.INVENTED,
                    Invariant.I1,
                    name(entry) + " at " + entry.seq() + " of " + log + " is said to be from the device "
                            + entry.device(),
                    message.call,
                    seen);
        }
        place(log, message, entry.seq(), seen);
    }

    private void place(final Log log, final Message message, final long seq, final Event seen) {
        if (message.seq == 0) {
            message.seq = seq;
        } else if (message.seq != seq) {
            findings.add(
                    Sort.DOUBLED,
                    Invariant.I5,
                    message.call.id() + " of " + user(message.call.client()) + " in " + log + " stands at "
                            + message.seq + " and at " + seq,
                    message.call,
                    seen);
        }
    }

    private void acknowledged(final int index, final Event.SendOk ok) {
        final var log = log(ok.conversation());
        final var user = user(ok.client());
        final var message = log.message(user, ok.id());
        if (message == null || message.calledAt > index) {
            findings.add(
                    Sort.INVENTED,
                    Invariant.I1,
                    ok.client() + " is acknowledged " + ok.id() + " of " + log + ", which it had not sent",
                    ok);
            return;
        }
        final var before = message.ok;
        if (before == null) {
            message.ok = ok;
            isWhereItWasSaidToBe(log, message, index, ok);
        } else if (before.seq() != ok.seq() || !before.time().equals(ok.time())) {
            findings.add(
                    Sort.DOUBLED,
                    Invariant.I5,
                    ok.id() + " of " + user + " in " + log + " is acknowledged at " + before.seq() + ", "
                            + before.time() + " and at " + ok.seq() + ", " + ok.time(),
                    before,
                    ok);
        }
    }

    private void isWhereItWasSaidToBe(final Log log, final Message message, final int index, final Event.SendOk ok) {
        final var user = user(ok.client());
        if (log.holds(ok.seq(), user, ok.id())) {
            return;
        }
        if (log.wasReadAfter(index)) {
            findings.add(
                    Sort.LOST,
                    Invariant.I1,
                    ok.id() + " of " + user + " is acknowledged at " + ok.seq() + " of " + log + ", but the log has it "
                            + (message.seq == 0 ? "nowhere" : "at " + message.seq),
                    message.call,
                    ok,
                    log.readings.getLast().log());
        } else if (log.at(ok.seq()) != null) {
            findings.add(
                    Sort.OUT_OF_ORDER,
                    Invariant.I2,
                    ok.id() + " of " + user + " is acknowledged at " + ok.seq() + " of " + log
                            + ", where another was seen",
                    message.call,
                    ok);
        } else if (log.isPossible(ok.seq())) { // nobody has seen the entry itself
            log.put(new Event.Entry(ok.seq(), ok.id(), user, "", message.call.text()));
            place(log, message, ok.seq(), ok);
        } else {
            findings.add(
                    Sort.LOST,
                    Invariant.I1,
                    ok.id() + " of " + user + " is acknowledged at " + ok.seq() + " of " + log
                            + ", more than messages were sent",
                    message.call,
                    ok);
        }
    }

    // in the end

    private void judgeMessages(final Log log) {
        for (final var message : log.messages.values()) {
            if (message.isRefused() && message.seq != 0) {
                findings.add(
                        Sort.INVENTED,
                        Invariant.I1,
                        message.call.id() + " of " + user(message.call.client()) + " was refused, but stands at "
                                + message.seq + " of " + log,
                        message.call);
            }
        }
        Event.SendOk last = null;
        for (long seq = 1; seq <= log.head(); seq++) {
            final var entry = log.at(seq);
            final var message = entry == null ? null : log.message(entry.from(), entry.id());
            final var ok = message == null ? null : message.ok;
            if (ok != null && ok.seq() == seq) {
                if (last != null && ok.time().isBefore(last.time())) {
                    findings.add(
                            Sort.OUT_OF_ORDER,
                            Invariant.I2,
                            "in " + log + ", " + seq + " is of " + ok.time() + ", and " + last.seq() + " before it of "
                                    + last.time(),
                            last,
                            ok);
                }
                last = ok;
            }
        }
    }

    private static String name(final Event.Entry entry) {
        return entry.id() + " of " + entry.from();
    }
}
