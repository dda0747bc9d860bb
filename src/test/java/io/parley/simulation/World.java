package io.parley.simulation;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Nonce;
import io.parley.conversation.SummaryReply;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/// The world of one history: its time, its network, and everybody in it.
final class World {
    /// More than any sound history needs: one that goes on and on is a mistake too.
    private static final int EVENTS_MAX = 400_000;

    /// How long after the last fault all must be well.
    static final long QUIET_MAX = 30 * 60_000;

    /// How long a message is on its way at most, in milliseconds.
    static final int SLOW_MAX = 6_000;

    private static final List<UserId> NAMES = List.of(new UserId("ann"), new UserId("bob"), new UserId("cid"));
    private static final Map<String, ConversationId> BETWEEN = new HashMap<>();
    private static final List<DeviceId> DEVICE_IDS = new ArrayList<>();

    static {
        for (final var one : NAMES) {
            for (final var other : NAMES) {
                BETWEEN.put(one.value() + other.value(), ConversationId.between(one, other));
            }
        }
        for (int at = 1; at < 64; at++) {
            DEVICE_IDS.add(DeviceId.of(at));
        }
    }

    private record Event(long at, long order, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(final Event other) {
            final int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    final Dice dice;
    final Variant variant;
    final Uploads uploads;
    final Conditions conditions;
    final Judge judge = new Judge(this);
    final boolean tracing;

    /// Accounts get deleted.
    final boolean deleting;

    final List<String> trace = new ArrayList<>();

    long now = 1_000_000_000_000L;

    /// Who acts now: where messages come from.
    Endpoint sender;

    /// No more faults: everything is to become well.
    boolean quiet;

    /// The network keeps quiet for a while.
    boolean still;

    boolean storm;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long order;
    private int handled;
    private Instant instant = Instant.EPOCH;
    private final Map<UserId, Account> accounts = new LinkedHashMap<>();
    private final Map<UserId, InboxEntity> inboxes = new LinkedHashMap<>();
    private final Map<ConversationId, ConversationEntity> conversations = new LinkedHashMap<>();
    private final Map<DeviceId, Device> devices = new LinkedHashMap<>();
    private int messages;
    private int stamps;
    private long nonces;

    World(final long seed, final Variant variant, final boolean deleting, final boolean tracing) {
        this.dice = new Dice(seed);
        this.variant = variant;
        this.uploads = new Uploads(this, seed);
        this.deleting = deleting;
        this.tracing = tracing;
        this.conditions = Conditions.of(dice);
        final int users = dice.between(1, 10) < 8 ? 2 : dice.chance(500) ? 1 : 3;
        for (final var name : NAMES.subList(0, users)) {
            final var account = new Account(this, name);
            accounts.put(name, account);
            inboxes.put(name, variant.inbox(this, name));
            final int linked = dice.chance(conditions.cycles() ? 800 : 500) ? 1 : dice.between(2, 3);
            for (int at = 0; at < linked; at++) {
                account.devices.add(newDevice(name));
            }
            final var begin = account.begin();
            final var inbox = inbox(name);
            inbox.journal.add(begin);
            inbox.apply(begin);
        }
        for (final var one : accounts.keySet()) {
            for (final var other : accounts.keySet()) {
                final var id = between(one, other);
                conversations.computeIfAbsent(id, _ -> variant.conversation(this, id));
            }
        }
        this.sender = accounts.values().iterator().next();
    }

    static ConversationId between(final UserId one, final UserId other) {
        final var id = BETWEEN.get(one.value() + other.value());
        return id == null ? ConversationId.between(one, other) : id;
    }

    // time

    void in(final long millis, final Runnable what) {
        events.add(new Event(now + millis, order++, what));
    }

    Instant instant() {
        if (instant.toEpochMilli() != now) {
            instant = Instant.ofEpochMilli(now);
        }
        return instant;
    }

    /// Lets everything happen that happens up to `until`.
    void run(final long until) {
        while (true) {
            final var next = events.peek();
            if (next == null || next.at() > until) {
                now = until;
                return;
            }
            events.poll();
            now = next.at();
            if (++handled > EVENTS_MAX) {
                throw new Violation("there is no end to it");
            }
            next.what().run();
        }
    }

    int eventsHandled() {
        return handled;
    }

    void trace(final String what) {
        trace.add(String.format("%8d  %s", now - 1_000_000_000_000L, what));
    }

    // the network

    boolean isStill() {
        return quiet || still;
    }

    void send(final Endpoint to, final Object message, final Runnable delivery) {
        final var from = sender;
        if (!isStill() && dice.chance(storm ? 700 : conditions.lossPerMille())) {
            if (tracing) {
                trace("lost: " + message);
            }
            return;
        }
        arrive(from, to, delivery);
        if (!isStill() && dice.chance(conditions.dupPerMille())) {
            arrive(from, to, delivery);
        }
    }

    private void arrive(final Endpoint from, final Endpoint to, final Runnable delivery) {
        long at = now + (isStill() ? dice.between(0, 5) : delay());
        if (conditions.ordered() || isStill()) {
            at = Math.max(at, from.lastArrival.getOrDefault(to, 0L));
            from.lastArrival.put(to, at);
        }
        in(at - now, delivery);
    }

    private int delay() {
        return dice.chance(conditions.slowPerMille())
                ? dice.between(0, SLOW_MAX)
                : dice.between(0, conditions.delayMax());
    }

    int linkMillis() {
        return isStill() ? dice.between(0, 5) : dice.between(0, Math.min(300, conditions.delayMax()));
    }

    int writeMillis() {
        return isStill() ? dice.between(0, 5) : dice.between(0, conditions.writeMax());
    }

    int readMillis() {
        return isStill() ? dice.between(0, 5) : dice.between(0, conditions.delayMax());
    }

    boolean readFails() {
        return !isStill() && conditions.faults() && dice.chance(100);
    }

    boolean mayAnswer(final Endpoint to, final Object message) {
        return variant.mayAnswer(sender, to, message);
    }

    Nonce nonce() {
        return new Nonce(dice.next(), nonces++);
    }

    // who is there

    InboxEntity inbox(final UserId user) {
        final var inbox = inboxes.get(user);
        if (inbox == null) {
            throw new IllegalStateException("there is no " + user);
        }
        return inbox;
    }

    ConversationEntity conversation(final ConversationId id) {
        final var conversation = conversations.get(id);
        if (conversation == null) {
            throw new IllegalStateException("there is no " + id);
        }
        return conversation;
    }

    Collection<InboxEntity> inboxes() {
        return inboxes.values();
    }

    Collection<ConversationEntity> conversations() {
        return conversations.values();
    }

    List<ConversationEntity> conversationsOf(final UserId user) {
        final var found = new ArrayList<ConversationEntity>(3);
        for (final var conversation : conversations.values()) {
            if (conversation.members.contains(user)) {
                found.add(conversation);
            }
        }
        return found;
    }

    Account account(final UserId user) {
        final var account = accounts.get(user);
        if (account == null) {
            throw new IllegalStateException("there is no " + user);
        }
        return account;
    }

    Collection<Account> accounts() {
        return accounts.values();
    }

    /// The accounts that have not been deleted.
    List<Account> living() {
        return accounts.values().stream().filter(account -> !account.gone).toList();
    }

    /// Whether somebody in the conversation has been deleted.
    boolean isLonely(final ConversationId conversation) {
        return conversation(conversation).members.stream().anyMatch(member -> account(member).gone);
    }

    Collection<Device> devices() {
        return devices.values();
    }

    Device newDevice(final UserId user) {
        final var device = new Device(this, user, DEVICE_IDS.get(devices.size()), devices.size() + 1L);
        devices.put(device.id, device);
        return device;
    }

    Device device(final DeviceId id) {
        final var device = devices.get(id);
        if (device == null) {
            throw new IllegalStateException("there is no " + id);
        }
        return device;
    }

    int nextMessage() {
        return ++messages;
    }

    int nextStamp() {
        return ++stamps;
    }

    Line open(final Device device, final int stamp) {
        return variant.line(this, device, stamp, conditions.window());
    }

    // when all is quiet

    /// Asks for the summaries of everybody's conversations; counts the answers in `answered`.
    int askSummaries(final List<SummaryReply> answered) {
        int asked = 0;
        for (final var conversation : conversations.values()) {
            for (final var member : conversation.members) {
                final var chat = inbox(member).chat(conversation.id);
                if (chat.isEmpty()) {
                    continue;
                }
                asked++;
                sender = account(member);
                final var command = new ConversationCommand.Summarise(
                        conversation.id,
                        member,
                        Optional.empty(),
                        chat.get().read(),
                        asked,
                        new Address<>(this, account(member), reply -> {
                            if (reply instanceof final SummaryReply.Summary summary) {
                                judge.summary(member, summary);
                                answered.add(reply);
                            } else if (reply instanceof SummaryReply.UnknownUser && conversation.head() == 0) {
                                answered.add(reply); // opened, but whoever was written to was deleted first
                            }
                        }));
                send(conversation, command, () -> conversation.handle(command));
            }
        }
        return asked;
    }

    Optional<Device> anyDevice(final Account account) {
        return account.devices.isEmpty() ? Optional.empty() : Optional.of(dice.of(account.devices));
    }
}
