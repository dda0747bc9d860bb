package io.parley.history;

import io.parley.history.Findings.Sort;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;

/// Goes through a history once more, event by event, knowing what stands in the logs: what came to whom, when,
/// and what had been said by then (I1 at the devices, I2, I3, I4, I6 to I9).
final class Course {
    /// The wall clock may be slewed while the harness's goes on evenly.
    private static final long CLOCK_TOLERANCE_MILLIS = 1_000;

    private final Evidence evidence;
    private final Findings findings;
    private final Optional<LongFunction<Instant>> wallClock;
    private final Map<String, Device> devices = new LinkedHashMap<>();
    private final Map<String, List<Device>> devicesByUser = new HashMap<>();
    private final Map<Log, Set<Device>> judged = new HashMap<>();

    /// @param wallClock what it said at a moment of the harness's clock, if that is known
    Course(final Evidence evidence, final Findings findings, final Optional<LongFunction<Instant>> wallClock) {
        this.evidence = evidence;
        this.findings = findings;
        this.wallClock = wallClock;
    }

    void go(final List<Event> history) {
        for (int index = 0; index < history.size(); index++) {
            step(index, history.get(index));
        }
        judged.forEach((log, those) -> those.forEach(device -> hasEverything(device, log)));
    }

    int deviceCount() {
        return (int)
                devices.values().stream().filter(each -> each.everConnected).count();
    }

    int judgedCount() {
        return (int) judged.values().stream().flatMap(Set::stream).distinct().count();
    }

    private void step(final int index, final Event event) {
        switch (event) {
            case final Event.Linked linked -> broken(device(linked.client()));
            case final Event.Connected up -> connected(index, device(up.client()));
            case final Event.Disconnected down -> {
                final var device = device(down.client());
                device.connected = false;
                device.caughtUp = false;
                nextConnection(device);
                broken(device);
            }
            case final Event.CaughtUp caught -> caughtUp(device(caught.client()), caught);
            case final Event.SendCall call -> sends(index, call);
            case final Event.SendOk ok -> {
                answered(ok.client(), ok.conversation(), ok.id());
                final var log = evidence.log(ok.conversation());
                if (log.holds(ok.seq(), evidence.user(ok.client()), ok.id())) {
                    log.seenHead = Math.max(log.seenHead, ok.seq());
                }
                admits(log, ok.client(), ok);
            }
            case final Event.SendRefused refused -> answered(refused.client(), refused.conversation(), refused.id());
            case final Event.Received got -> received(got);
            case final Event.AckCall ack -> acknowledges(ack.client(), ack.conversation(), ack.seq(), false);
            case final Event.ReadCall read -> acknowledges(read.client(), read.conversation(), read.seq(), true);
            case final Event.Receipt tick -> receipt(index, tick);
            case final Event.Presence seen -> presence(seen);
            case final Event.FinalLog read -> finalLog(read);
            case final Event.FinalUnread unread -> unread(index, unread);
            case Event.Fault _, Event.WallClock _ -> {}
        }
    }

    private Device device(final String client) {
        return devices.computeIfAbsent(client, name -> {
            final var device = new Device(name, evidence.user(name));
            devicesByUser.computeIfAbsent(device.user, _ -> new ArrayList<>()).add(device);
            return device;
        });
    }

    // connections

    private void connected(final int index, final Device device) {
        if (!device.everConnected) {
            for (final var log : evidence.logsOf(device.user)) {
                final long reached = log.reach(device.user).deliveredAt(index);
                if (reached > 0) {
                    device.box(log).floor = reached;
                }
            }
        }
        device.everConnected = true;
        device.connected = true;
        device.caughtUp = false;
        nextConnection(device);
        device.headsAtHello = device.headsAtBreak;
        broken(device);
    }

    private static void nextConnection(final Device device) {
        device.connection++;
        device.boxes().forEach(box -> box.unanswered.clear());
    }

    private void broken(final Device device) {
        final var heads = new HashMap<Log, Long>();
        for (final var log : evidence.logsOf(device.user)) {
            if (log.seenHead > 0) {
                heads.put(log, log.seenHead);
            }
        }
        device.headsAtBreak = heads;
    }

    private void caughtUp(final Device device, final Event.CaughtUp caught) {
        device.caughtUp = true;
        device.headsAtHello.forEach((log, head) -> {
            final var box = device.box(log);
            final long first = box.missing(head);
            for (long seq = first; seq != 0; seq = box.missing(head)) {
                box.miss(seq);
            }
            if (first != 0) {
                findings.add(
                        Sort.REPLAY,
                        Invariant.I8,
                        device + " is told caught-up without " + first + " of " + log + ", stored before its hello",
                        caught);
            }
        });
    }

    // sending

    private void sends(final int index, final Event.SendCall call) {
        final var log = evidence.log(call.conversation());
        final var device = device(call.client());
        final var message = log.message(device.user, call.id());
        if (message != null && message.calledAt == index && message.seq != 0 && device.connected) {
            device.box(log).unanswered.add(message.seq);
        }
    }

    private void answered(final String client, final String conversation, final String id) {
        final var log = evidence.known(conversation);
        final var message = log == null ? null : log.message(evidence.user(client), id);
        if (log != null && message != null) {
            device(client).box(log).unanswered.remove(message.seq);
        }
    }

    // what is pushed

    private void received(final Event.Received got) {
        final var log = evidence.log(got.conversation());
        if (!admits(log, got.client(), got) || !log.isPossible(got.seq())) {
            return;
        }
        if (!log.admits(got.from())) {
            findings.add(Sort.STRANGER, Invariant.I6, got.from() + " wrote into " + log, got);
        }
        final var device = device(got.client());
        if (got.from().equals(device.user) && got.device().equals(device.name)) {
            findings.add(Sort.REPLAY, Invariant.I8, device + " is pushed its own " + got.seq() + " of " + log, got);
            return;
        }
        if (log.holds(got.seq(), got.from(), got.id())) {
            log.seenHead = Math.max(log.seenHead, got.seq());
        }
        final var box = device.box(log);
        follows(log, device, box, got);
        box.received(got.seq(), device.connection);
    }

    /// A push follows the one before on its connection, and the device's cursor: between them stands nothing
    /// but the device's own entries.
    private void follows(final Log log, final Device device, final Box box, final Event.Received got) {
        final long seq = got.seq();
        final long pushed = box.pushedOn(device.connection);
        if (pushed > 0 && seq <= pushed) {
            findings.add(
                    Sort.OUT_OF_ORDER,
                    Invariant.I2,
                    device + " is pushed " + seq + " of " + log + " after " + pushed + " on one connection",
                    got);
            return;
        }
        if (log.isGroup() && box.top == 0) {
            return; // a membership begins anywhere
        }
        final long from = Math.max(pushed, Math.max(box.acknowledged, box.floor)) + 1;
        final long skipped = box.firstOfOthers(from, seq - 1);
        if (skipped == 0) {
            if (!box.holds(seq) && seq < box.top) {
                findings.add(
                        Sort.OUT_OF_ORDER,
                        Invariant.I2,
                        device + " gets " + seq + " of " + log + " for the first time after it got " + box.top,
                        got);
            }
        } else if (box.holds(skipped)) {
            findings.add(
                    Sort.REPLAY,
                    Invariant.I8,
                    device + " is pushed " + seq + " of " + log + " without " + skipped
                            + ", which it got before but never acknowledged",
                    got);
        } else {
            for (long each = skipped; each < seq; each++) {
                if (box.lacks(each)) {
                    box.miss(each);
                }
            }
            findings.add(
                    Sort.OUT_OF_ORDER,
                    Invariant.I2,
                    device + " is pushed " + seq + " of " + log + " without " + skipped,
                    got);
        }
    }

    private boolean admits(final Log log, final String client, final Event event) {
        final boolean member = log.admits(evidence.user(client));
        if (!member) {
            findings.add(Sort.STRANGER, Invariant.I6, client + " is told of " + log, event);
        }
        return member;
    }

    // cursors and ticks

    private void acknowledges(final String client, final String conversation, final long seq, final boolean read) {
        final var log = evidence.log(conversation);
        final var device = device(client);
        device.box(log).acknowledged(seq);
        final var reach = log.reach(device.user);
        if (read) {
            reach.read(device.name, seq);
        } else {
            reach.delivered(device.name, seq);
        }
    }

    private void receipt(final int index, final Event.Receipt tick) {
        final var log = evidence.log(tick.conversation());
        if (!admits(log, tick.client(), tick)) {
            return;
        }
        if (!log.admits(tick.user())) {
            findings.add(
                    Sort.STRANGER, Invariant.I6, tick.client() + " is told of " + tick.user() + " in " + log, tick);
            return;
        }
        final var device = device(tick.client());
        if (tick.read() > tick.delivered()) {
            findings.add(Sort.TICK, Invariant.I3, text(tick) + ": more is read than delivered", tick);
        }
        if (log.wasReadAfter(index)) {
            isEarned(index, log, tick);
        }
        final var unanswered = device.box(log).unanswered;
        if (!unanswered.isEmpty() && unanswered.first() <= tick.delivered()) {
            findings.add(
                    Sort.TICK,
                    Invariant.I3,
                    text(tick) + ", before its own " + unanswered.first() + " was acknowledged",
                    tick);
        }
        doesNotFall(device, log, tick);
    }

    private void isEarned(final int index, final Log log, final Event.Receipt tick) {
        final var reach = log.reach(tick.user());
        final long delivered = reach.deliveredAt(index);
        final long read = reach.readAt(index);
        if (tick.delivered() > log.head()) {
            findings.add(Sort.TICK, Invariant.I3, text(tick) + ", but the log ends at " + log.head(), tick);
        } else if (tick.delivered() > delivered) {
            findings.add(Sort.TICK, Invariant.I4, text(tick) + ", but devices have acknowledged " + delivered, tick);
        }
        if (tick.read() > read) {
            findings.add(Sort.TICK, Invariant.I4, text(tick) + ", but devices have said " + read + " is read", tick);
        }
    }

    private void doesNotFall(final Device device, final Log log, final Event.Receipt tick) {
        final var before = device.told(log, tick.user());
        if (tick.delivered() < before.delivered || tick.read() < before.read) {
            findings.add(
                    Sort.TICK,
                    Invariant.I3,
                    text(tick) + ", after " + before.delivered + "/" + before.read
                            + (before.connection == device.connection
                                    ? " on the same connection"
                                    : " on an earlier connection"),
                    tick);
        }
        before.delivered = Math.max(before.delivered, tick.delivered());
        before.read = Math.max(before.read, tick.read());
        before.connection = device.connection;
        final var reach = log.reach(tick.user());
        reach.deliveredTold = Math.max(reach.deliveredTold, tick.delivered());
        reach.readTold = Math.max(reach.readTold, tick.read());
    }

    private static String text(final Event.Receipt tick) {
        return tick.client() + " is told " + tick.delivered() + "/" + tick.read() + " of " + tick.user() + " in "
                + tick.conversation();
    }

    // presence

    private void presence(final Event.Presence seen) {
        if (wallClock.isEmpty() || seen.lastSeen().isEmpty()) {
            return;
        }
        final var now = wallClock.get().apply(seen.at());
        if (seen.lastSeen().get().isAfter(now.plusMillis(CLOCK_TOLERANCE_MILLIS))) {
            findings.add(
                    Sort.PRESENCE,
                    Invariant.I7,
                    seen.client() + " is told that " + seen.user() + " was last seen at "
                            + seen.lastSeen().get() + ", and it is " + now,
                    seen);
        }
    }

    // in the end

    private void finalLog(final Event.FinalLog read) {
        final var log = evidence.log(read.conversation());
        final long last =
                read.entries().isEmpty() ? 0 : read.entries().getLast().seq();
        if (log.seenHead > last) { // the log that another member read has it, or it would be accused already
            findings.add(
                    Sort.LOST,
                    Invariant.I1,
                    "the log of " + log + " that " + read.client() + " reads ends at " + last + ", and " + log.seenHead
                            + " was seen",
                    read);
        }
        judged.computeIfAbsent(log, this::present);
    }

    private Set<Device> present(final Log log) {
        final var present = new HashSet<Device>();
        for (final var member : log.members) {
            devicesByUser.getOrDefault(member, List.of()).stream()
                    .filter(device -> device.connected && device.caughtUp)
                    .forEach(present::add);
        }
        return present;
    }

    private void hasEverything(final Device device, final Log log) {
        final var box = device.box(log);
        for (long seq = 1; seq <= log.head(); seq++) {
            if (box.lacks(seq)) {
                final var entry = log.at(seq);
                final var message = entry == null ? null : log.message(entry.from(), entry.id());
                final var ok = message == null ? null : message.ok;
                findings.add(
                        Sort.LOST,
                        Invariant.I1,
                        device + " has never got " + seq + " of " + log
                                + (ok == null ? ", which is stored" : ", which is acknowledged"),
                        ok == null ? new Event[0] : new Event[] {ok});
            }
        }
    }

    private void unread(final int index, final Event.FinalUnread told) {
        final var log = evidence.log(told.conversation());
        final var user = evidence.user(told.client());
        if (!admits(log, told.client(), told) || !log.wasRead()) {
            return;
        }
        long others = 0;
        for (long seq = log.head(); seq > told.readCursor(); seq--) {
            final var entry = log.at(seq);
            if (entry != null && !entry.from().equals(user)) {
                others++;
            }
        }
        if (others != told.unread()) {
            findings.add(
                    Sort.UNREAD,
                    Invariant.I9,
                    told.client() + " has " + told.unread() + " unread in " + log + ", but after " + told.readCursor()
                            + " stand " + others + " of others",
                    told);
        }
        if (!log.isNotes()) { // there the read cursor passes over everything
            cursors(index, log, user, told);
        }
    }

    private void cursors(final int index, final Log log, final String user, final Event.FinalUnread told) {
        final var reach = log.reach(user);
        final var counts = told.client() + " counts " + told.delivered() + "/" + told.readCursor() + " in " + log;
        if (told.readCursor() < reach.readTold || told.delivered() < reach.deliveredTold) {
            findings.add(
                    Sort.UNREAD,
                    Invariant.I9,
                    counts + ", but " + reach.deliveredTold + "/" + reach.readTold + " was told",
                    told);
        }
        if (told.readCursor() > reach.readAt(index) || told.delivered() > reach.deliveredAt(index)) {
            findings.add(
                    Sort.UNREAD,
                    Invariant.I9,
                    counts + ", but devices have said " + reach.deliveredAt(index) + "/" + reach.readAt(index),
                    told);
        }
        if (told.readCursor() > told.delivered()) {
            findings.add(Sort.UNREAD, Invariant.I9, counts + ": more is read than delivered", told);
        }
    }
}
