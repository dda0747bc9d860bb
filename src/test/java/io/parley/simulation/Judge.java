package io.parley.simulation;

import io.parley.conversation.Entry;
import io.parley.conversation.SummaryReply;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.ServerFrame;
import io.parley.user.SimulatedInbox;
import io.parley.user.UserCommand;
import io.parley.user.UserEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Judges a history while it happens, by what the devices have said and seen and by the log. The names of the
/// invariants are those of the design: I1 to I9.
final class Judge {
    /// What a user's devices have said of one conversation.
    private static final class Said {
        final Map<DeviceId, Long> delivered = new HashMap<>();
        final Map<DeviceId, Long> read = new HashMap<>();
    }

    private record Key(UserId user, ConversationId conversation) {}

    private static final long PROMPT_MILLIS = 1_500;

    private final World world;
    private final Map<Key, Said> said = new HashMap<>();

    Judge(final World world) {
        this.world = world;
    }

    void check(final boolean holds, final Supplier<String> what) {
        if (!holds) {
            throw new Violation(what.get());
        }
    }

    // what the devices' words allow

    void acknowledged(final Device device, final ConversationId conversation, final long seq, final boolean read) {
        final var words = said.computeIfAbsent(new Key(device.user, conversation), _ -> new Said());
        words.delivered.merge(device.id, seq, Math::max);
        if (read) {
            words.read.merge(device.id, seq, Math::max);
        }
    }

    /// How far a watermark may stand by what devices have said: `seq` and the person's own entries that follow;
    /// in notes to oneself, only what another device than its sender has.
    private long reach(final ConversationEntity conversation, final UserId user, final Map<DeviceId, Long> words) {
        if (conversation.members.size() == 1) {
            long most = 0;
            for (final var word : words.entrySet()) {
                long seq = Math.min(word.getValue(), conversation.head());
                while (seq > most && conversation.entry(seq).device().equals(word.getKey())) {
                    seq--;
                }
                most = Math.max(most, seq);
            }
            return most;
        }
        long seq = 0;
        for (final long word : words.values()) {
            seq = Math.max(seq, word);
        }
        while (seq < conversation.head() && conversation.entry(seq + 1).author().equals(user)) {
            seq++;
        }
        return seq;
    }

    // the log and the inboxes

    /// The invariant of the protocol: what stands in the log is delivered to every linked device, or the inbox
    /// durably says that the conversation is open.
    void isOwedOrDelivered(final ConversationEntity conversation, final UserId member) {
        final long head = conversation.head();
        if (head == 0) {
            return;
        }
        final var inbox = world.inbox(member);
        if (world.account(member).gone && !inbox.rules.exists()) {
            return;
        }
        final var chat = inbox.chat(conversation.id);
        check(
                chat.isPresent(),
                () -> conversation.name() + " holds " + head + " entries, and " + member + " knows nothing");
        chat.filter(known -> !known.open()).ifPresent(closed -> {
            for (final var device : inbox.rules.devices()) {
                check(
                        closed.cursor(device) >= head,
                        () -> conversation.name() + " is closed for " + member + ", but " + device + " stands at "
                                + closed.cursor(device) + " of " + head);
            }
            check(
                    closed.head() >= head,
                    () -> conversation.name() + " is closed for " + member + " at " + closed.head() + " of " + head);
        });
    }

    /// Durable cursors and watermarks say no more than devices have said.
    void cursorsAreTrue(final ConversationEntity conversation, final InboxEntity inbox) {
        final var chat = inbox.chat(conversation.id);
        if (chat.isEmpty()) {
            return;
        }
        final var words = said.computeIfAbsent(new Key(inbox.user, conversation.id), _ -> new Said());
        final var durable = chat.get();
        final long delivered = reach(conversation, inbox.user, words.delivered);
        final long read = reach(conversation, inbox.user, words.read);
        check(
                durable.delivered() <= delivered,
                () -> "I4: " + inbox.user + " counts " + durable.delivered() + " of " + conversation.name()
                        + " as delivered, devices say " + delivered);
        check(
                durable.read() <= read,
                () -> "I4: " + inbox.user + " counts " + durable.read() + " of " + conversation.name()
                        + " as read, devices say " + read);
        check(
                durable.read() <= durable.delivered() && durable.delivered() <= conversation.head(),
                () -> "I3: read " + durable.read() + ", delivered " + durable.delivered() + " of "
                        + conversation.head());
        for (final var id : inbox.rules.devices()) {
            final var device = world.device(id);
            final var box = device.box(conversation.id);
            long most = Math.max(box.floor, words.delivered.getOrDefault(id, 0L));
            while (most < conversation.head()
                    && conversation.entry(most + 1).device().equals(id)) {
                most++;
            }
            final long bound = most;
            check(
                    durable.cursor(id) <= bound,
                    () -> "I1: the cursor of " + device.name() + " in " + conversation.name() + " is "
                            + durable.cursor(id) + ", but it holds " + bound);
        }
    }

    /// New devices start at the delivered watermark.
    void devicesLinked(final InboxEntity inbox, final UserEvent.DevicesLinked linked) {
        if (linked.version() == 1) {
            return;
        }
        for (final var each : linked.devices()) {
            final var device = world.device(each.device());
            if (!device.placed) {
                device.placed = true;
                for (final var conversation : world.conversationsOf(inbox.user)) {
                    device.box(conversation.id).floor = inbox.chat(conversation.id)
                            .map(SimulatedInbox.Durable::delivered)
                            .orElse(0L);
                }
            }
        }
    }

    void stored(final Device device, final UserCommand.CursorsStored answer, final long seq) {
        check(
                !answer.known()
                        || !world.inbox(device.user).rules.devices().contains(device.id)
                        || world.inbox(device.user)
                                .chat(answer.conversation())
                                .map(chat -> chat.cursor(device.id) >= seq)
                                .orElse(false),
                () -> device.name() + " is told that its cursor " + seq + " is stored, but it is not");
    }

    // frames

    void told(final Line line, final ServerFrame frame) {
        switch (frame) {
            case ServerFrame.Message message -> pushed(line, message);
            case ServerFrame.Sent sent -> sent(line.device, sent.conversation(), sent.id(), sent.seq());
            case ServerFrame.Receipt receipt -> receipt(line, receipt);
            case ServerFrame.Welcome _,
                    ServerFrame.CaughtUp _,
                    ServerFrame.ReceiptsEnd _,
                    ServerFrame.Page _,
                    ServerFrame.Presence _,
                    ServerFrame.Typing _,
                    ServerFrame.Heartbeat _,
                    ServerFrame.Refusal _,
                    ServerFrame.Keys _,
                    ServerFrame.KeyPackages _,
                    ServerFrame.Bye _ -> {}
        }
    }

    void sent(final Device device, final ConversationId id, final MessageId message, final long seq) {
        final var conversation = world.conversation(id);
        check(
                seq <= conversation.head()
                        && conversation.entry(seq).author().equals(device.user)
                        && conversation.entry(seq).id().equals(message),
                () -> "I1: " + message + " is acknowledged at " + seq + ", where it does not stand");
    }

    private void pushed(final Line line, final ServerFrame.Message message) {
        final var device = line.device;
        final var conversation = world.conversation(message.conversation());
        final long seq = message.entry().seq();
        check(seq <= conversation.head(), () -> "pushed before it is stored: " + message);
        final Entry entry = conversation.entry(seq);
        check(
                message.entry().from().equals(Optional.of(entry.author()))
                        && message.entry().id().equals(Optional.of(entry.id()))
                        && message.entry().body().equals(entry.body())
                        && message.entry().media().equals(entry.media()),
                () -> "I2: " + line.name() + " is pushed what is not the log: " + message);
        check(!entry.device().equals(device.id), () -> "I8: " + line.name() + " is pushed its own " + seq);
        final var box = device.box(conversation.id);
        final var pushed = line.pushed.computeIfAbsent(conversation.id, _ -> new ArrayList<>());
        final long before = pushed.isEmpty() ? 0 : pushed.getLast();
        check(seq > before, () -> "I2: " + line.name() + " is pushed " + seq + " after " + before);
        check(
                seq > line.cursorsAtHello.getOrDefault(conversation.id, 0L),
                () -> "I8: " + line.name() + " is pushed " + seq + ", which it had acknowledged durably");
        for (long at = Math.max(before, Math.max(box.acknowledged, box.floor)) + 1; at < seq; at++) {
            final long missing = at;
            check(
                    conversation.entry(at).device().equals(device.id),
                    () -> "I2: " + line.name() + " is pushed " + seq + " of " + conversation.name() + " without "
                            + missing);
        }
        pushed.add(seq);
        int underWay = 0;
        for (final var each : line.pushed.entrySet()) {
            final long acknowledged = device.box(each.getKey()).acknowledged;
            for (final long one : each.getValue()) {
                if (one > acknowledged) {
                    underWay++;
                }
            }
        }
        final int count = underWay;
        check(
                count <= world.conditions.window(),
                () -> line.name() + " has " + count + " messages under way, more than the window");
    }

    private void receipt(final Line line, final ServerFrame.Receipt receipt) {
        if (world.account(receipt.user()).gone) {
            return; // what was told stays told, and nothing is left to hold it against
        }
        final var durable = world.inbox(receipt.user()).chat(receipt.conversation());
        final boolean own = receipt.user().equals(line.device.user);
        check(
                receipt.delivered()
                        <= durable.map(SimulatedInbox.Durable::delivered).orElse(0L),
                () -> "I4: told before it is durable: " + receipt);
        check(
                receipt.read()
                        <= durable.map(own ? SimulatedInbox.Durable::read : SimulatedInbox.Durable::shared)
                                .orElse(0L),
                () -> "I4: read is told before it is durable: " + receipt);
        check(
                receipt.read() <= receipt.delivered()
                        && receipt.delivered()
                                <= world.conversation(receipt.conversation()).head(),
                () -> "I3: read, delivered, sent are out of order: " + receipt);
        if (receipt.ref().isEmpty()) {
            final var before =
                    line.ticksTold.computeIfAbsent(new Key(receipt.user(), receipt.conversation()), _ -> new long[2]);
            check(
                    receipt.delivered() >= before[0] && receipt.read() >= before[1],
                    () -> "I3: ticks go back on one connection: " + receipt);
            before[0] = receipt.delivered();
            before[1] = receipt.read();
        }
    }

    /// I8: what was undelivered at the hello has been pushed by now.
    void caughtUp(final Device device, final Line line) {
        check(line.caughtUp == 1, () -> line.name() + ": caught-up more than once");
        line.headsAtHello.forEach((id, head) -> {
            final var missing = missing(device, world.conversation(id), head);
            check(missing == 0, () -> "I8: " + line.name() + " is told caught-up without " + missing + " of " + id);
        });
    }

    /// The first entry up to `head` that is owed to the device and that it does not hold; 0: none.
    long missing(final Device device, final ConversationEntity conversation, final long head) {
        final var box = device.box(conversation.id);
        for (long seq = box.floor + 1; seq <= head; seq++) {
            if (!box.held.containsKey(seq) && !conversation.entry(seq).device().equals(device.id)) {
                return seq;
            }
        }
        return 0;
    }

    /// Where nothing is amiss, entries come at once to whoever is connected.
    void expectPromptly(final ConversationEntity conversation, final long from) {
        final long now = world.now;
        final long to = conversation.head();
        world.in(PROMPT_MILLIS, () -> {
            for (final var member : conversation.members) {
                for (final var device : world.account(member).devices) {
                    final var line = device.line;
                    if (line != null && line.linked && line.welcomedAt < now) {
                        final long missing = missing(device, conversation, to);
                        check(
                                missing == 0 || missing < from,
                                () -> line.name() + " has not got " + missing + " of " + conversation.name()
                                        + " promptly");
                    }
                }
            }
        });
    }

    // when all is quiet

    /// What is still missing before all is as it should be; empty: nothing.
    Optional<String> unfinished() {
        if (world.devices().stream().anyMatch(device -> !device.linked && device.line != null)) {
            return Optional.of("a device that is not linked any more is still connected");
        }
        for (final var account : world.accounts()) {
            if (!account.isNoted()) {
                return Optional.of("the inbox of " + account.user + " does not know its devices");
            }
            for (final var device : account.devices) {
                if (device.wantsOnline) {
                    final var problem = unfinished(device);
                    if (problem.isPresent()) {
                        return problem;
                    }
                }
                for (final var outgoing : device.outbox.values()) {
                    if (outgoing.byRest || device.wantsOnline) {
                        return Optional.of(device.name() + " has got no answer to " + outgoing.id);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> unfinished(final Device device) {
        final var line = device.line;
        if (line == null || !line.linked || !line.welcomed) {
            return Optional.of(device.name() + " is not connected");
        }
        if (line.caughtUp != 1) {
            return Optional.of(line.name() + " has not caught up");
        }
        if (device.isAsking()) {
            return Optional.of(line.name() + " has got no answer to its receipts");
        }
        for (final var conversation : world.conversationsOf(device.user)) {
            final long missing = missing(device, conversation, conversation.head());
            if (missing > 0) {
                return Optional.of("I1: " + line.name() + " lacks " + missing + " of " + conversation.name());
            }
            if (conversation.head() == 0) {
                continue;
            }
            final var own = world.inbox(device.user).chat(conversation.id).orElseThrow();
            if (own.cursor(device.id) < conversation.head()) {
                return Optional.of("the cursor of " + device.name() + " in " + conversation.name() + " is "
                        + own.cursor(device.id) + " of " + conversation.head());
            }
            final var box = device.box(conversation.id);
            for (final var member : conversation.members) {
                if (member.equals(device.user) || box.ownHighest == 0 || world.account(member).gone) {
                    continue;
                }
                final var reached = world.inbox(member).chat(conversation.id).orElseThrow();
                final var ticks = box.ticksOf(member);
                if (ticks[0] < lastOfOthers(conversation, member, reached.delivered())
                        || ticks[1] < lastOfOthers(conversation, member, reached.shared())) {
                    return Optional.of(
                            "ticks: " + device.name() + " knows " + ticks[0] + "/" + ticks[1] + " of " + member
                                    + " in " + conversation.name() + ", true are " + reached.delivered() + "/"
                                    + reached.shared());
                }
            }
        }
        return Optional.empty();
    }

    /// How much of a watermark says something to others: passing over one's own messages ticks nothing.
    private static long lastOfOthers(final ConversationEntity conversation, final UserId member, final long watermark) {
        long seq = watermark;
        while (seq > 0 && conversation.entry(seq).author().equals(member)) {
            seq--;
        }
        return seq;
    }

    /// Conversations that the inboxes should have forgotten.
    Optional<String> notClosed() {
        for (final var account : world.accounts()) {
            final var open = world.inbox(account.user).rules.openChats();
            if (!account.devices.isEmpty() && !open.isEmpty()) {
                return Optional.of(account.user + " is gone and has everything, but still open are " + open);
            }
        }
        return Optional.empty();
    }

    /// Of whoever was deleted nothing is left, and nothing is still to be done.
    void deletedAreGone() {
        for (final var account : world.accounts()) {
            final var inbox = world.inbox(account.user);
            check(
                    inbox.rules.exists() != account.gone,
                    () -> account.user + " is there, or is not, against the account");
            check(
                    !account.gone || inbox.rules.isErased(),
                    () -> account.user + " is deleted, but there is still " + inbox.rules.comparable());
            check(
                    !account.gone || inbox.wakeAt().isEmpty(),
                    () -> account.user + " is deleted, but its inbox wants to be woken");
        }
    }

    /// What messages carry is bound to them, and the store has heard where they stand.
    void uploadsAreTold() {
        for (final var conversation : world.conversations()) {
            for (final var entry : conversation.log) {
                check(
                        world.uploads.areOf(entry, conversation.id) && world.uploads.areToldOf(entry),
                        () -> "the store of uploads does not know of " + entry + " in " + conversation.name());
            }
        }
    }

    /// I9: judged by the log as it was when the answer was given.
    void summary(final UserId user, final SummaryReply.Summary summary) {
        final var log = world.conversation(summary.conversation()).log.subList(0, (int) summary.head());
        final long own =
                log.stream().filter(entry -> entry.author().equals(user)).count();
        check(summary.ownCount() == own, () -> "I9: " + own + " are one's own, not " + summary);
        final long unread = log.stream()
                .filter(entry -> entry.seq() > summary.read() && !entry.author().equals(user))
                .count();
        check(
                summary.unread().isEmpty() || summary.unread().getAsLong() == unread,
                () -> "I9: " + unread + " are unread, not " + summary);
    }
}
