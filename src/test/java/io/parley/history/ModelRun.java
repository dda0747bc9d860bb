package io.parley.history;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A random run of a tiny correct server and its clients: connections break at any moment and lose what is on
/// its way, nodes die with all they have not written, clients send again, acknowledge late or never, forget
/// what they were sending, and new devices come. A seed decides everything.
final class ModelRun {
    private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");
    private static final List<String> USERS = List.of("ada", "bob", "cat");
    private static final List<String> CONVERSATIONS = List.of("ada~bob", "ada~cat", "bob~cat", "ada~ada");

    // the server

    private static final class Chat {
        final String name;
        final List<String> members;
        final List<Event.Entry> log = new ArrayList<>();
        final List<Instant> times = new ArrayList<>();
        final Map<String, long[]> marks = new HashMap<>(); // by user: delivered, read

        Chat(final String name) {
            this.name = name;
            this.members = List.of(name.split("~", -1)).stream().distinct().toList();
            members.forEach(user -> marks.put(user, new long[2]));
        }

        boolean isNotes() {
            return members.size() == 1;
        }

        long[] marks(final String user) {
            return marks.getOrDefault(user, new long[2]);
        }

        /// The read cursor and the watermarks pass over what the person wrote.
        void passOwn(final String user) {
            final var reached = marks(user);
            for (int which = 0; which < 2 && !isNotes(); which++) {
                while (reached[which] < log.size()
                        && log.get((int) reached[which]).from().equals(user)) {
                    reached[which]++;
                }
            }
        }

        /// In notes only what another device than the sender has.
        long counted(final String device, final long cursor) {
            long seq = cursor;
            while (isNotes() && seq > 0 && log.get((int) seq - 1).device().equals(device)) {
                seq--;
            }
            return seq;
        }
    }

    /// What goes over a link, as the event it will be recorded as; `at` is filled in when it comes.
    private static final class Link {
        final ArrayDeque<Event> up = new ArrayDeque<>();
        final ArrayDeque<Event> down = new ArrayDeque<>();
        final Map<Chat, Long> pushed = new HashMap<>();
        final Map<String, long[]> told = new HashMap<>();
    }

    private final class Client {
        final String user;
        final String device;
        final String name;
        final Map<Chat, Long> cursors = new HashMap<>(); // the server's
        final Map<Chat, Long> held = new LinkedHashMap<>();
        final Map<String, Event.SendCall> outbox = new LinkedHashMap<>();
        final boolean isLazy = dice.nextInt(4) == 0;

        @Nullable
        Link link;

        Client(final String user) {
            this.user = user;
            this.device = "d" + clients.size();
            this.name = Event.client(user, device);
        }
    }

    private final Random dice;
    private final Map<String, Chat> chats = new LinkedHashMap<>();
    private final List<Client> clients = new ArrayList<>();
    private final History history = new History();
    private final Set<String> away = new HashSet<>();
    private long now = 1_000_000;
    private int numbered;

    private ModelRun(final long seed) {
        dice = new Random(seed);
        CONVERSATIONS.forEach(name -> chats.put(name, new Chat(name)));
    }

    /// The history of one run.
    static History of(final long seed, final int steps) {
        final var run = new ModelRun(seed);
        run.begin();
        for (int step = 0; step < steps; step++) {
            run.now += run.dice.nextInt(2_000_000);
            run.step();
        }
        run.quieten();
        run.readAll();
        return run.history;
    }

    private void record(final Event event) {
        history.add(event);
    }

    private Instant wall() {
        return START.plusNanos(now);
    }

    private void begin() {
        record(new Event.WallClock(0, START));
        USERS.forEach(this::link);
        link("ada");
    }

    private void link(final String user) {
        final var client = new Client(user);
        chats.values().stream()
                .filter(chat -> chat.members.contains(user))
                .forEach(chat -> client.cursors.put(chat, chat.marks(user)[0]));
        clients.add(client);
        record(new Event.Linked(now, client.name, client.user, client.device));
    }

    private void step() {
        final var client = clients.get(dice.nextInt(clients.size()));
        final var link = client.link;
        if (link == null) {
            if (dice.nextInt(3) == 0) {
                connect(client);
            }
            return;
        }
        switch (dice.nextInt(40)) {
            case 0 -> disconnect(client);
            case 1 -> {
                if (dice.nextInt(8) == 0) {
                    clients.forEach(this::disconnect); // all nodes die
                } else if (clients.size() < 7 && dice.nextInt(4) == 0) {
                    link(USERS.get(dice.nextInt(USERS.size())));
                }
            }
            case 2 ->
                link.down.add(new Event.Presence(
                        0,
                        client.name,
                        "bob",
                        Optional.of(false),
                        Optional.of(wall().minus(Duration.ofMillis(dice.nextInt(9_000))))));
            case 3, 4, 5, 6, 7, 8 -> send(client, link);
            case 9, 10, 11, 12 -> acknowledge(client, link, dice.nextInt(3) == 0);
            case 13, 14, 15 -> tell(link, client);
            default -> {
                if (dice.nextBoolean()) {
                    serve(client, link);
                } else {
                    take(client, link);
                }
            }
        }
    }

    // links

    private void connect(final Client client) {
        final var link = new Link();
        client.link = link;
        if (dice.nextInt(30) == 0) {
            client.outbox.clear(); // the person gave up
        }
        link.down.add(new Event.Connected(0, client.name, "node" + dice.nextInt(3)));
        for (final var chat : chats.values()) {
            if (chat.members.contains(client.user)) {
                link.pushed.put(chat, client.cursors.getOrDefault(chat, 0L));
                push(client, link, chat);
            }
        }
        link.down.add(new Event.CaughtUp(0, client.name));
    }

    /// What is on its way is lost; or some of it, in order.
    private void disconnect(final Client client) {
        final var link = client.link;
        if (link == null) {
            return;
        }
        for (int few = dice.nextInt(4); few > 0; few--) {
            serve(client, link);
            take(client, link);
        }
        client.link = null;
        record(new Event.Disconnected(now, client.name, 1006));
    }

    // the server's side

    private void push(final Client client, final Link link, final Chat chat) {
        for (long seq = link.pushed.getOrDefault(chat, 0L) + 1; seq <= chat.log.size(); seq++) {
            final var entry = chat.log.get((int) seq - 1);
            if (!entry.from().equals(client.user) || !entry.device().equals(client.device)) {
                link.down.add(new Event.Received(
                        0, client.name, chat.name, seq, entry.id(), entry.from(), entry.device(), entry.text()));
            }
            link.pushed.put(chat, seq);
        }
    }

    private void serve(final Client client, final Link link) {
        switch (link.up.poll()) {
            case null -> {}
            case final Event.SendCall call -> store(client, link, call);
            case final Event.AckCall ack -> move(client, link, chat(ack.conversation()), ack.seq(), false);
            case final Event.ReadCall read -> move(client, link, chat(read.conversation()), read.seq(), true);
            case final Event other -> throw new IllegalStateException(other.toString());
        }
    }

    private Chat chat(final String name) {
        return chats.computeIfAbsent(name, Chat::new);
    }

    private void store(final Client client, final Link link, final Event.SendCall call) {
        final var chat = chat(call.conversation());
        long seq = 0;
        for (final var entry : chat.log) {
            if (entry.from().equals(client.user) && entry.id().equals(call.id())) {
                seq = entry.seq();
            }
        }
        final int fate = dice.nextInt(12);
        if (fate == 0) {
            link.down.add(new Event.SendRefused(0, client.name, call.id(), call.conversation(), "unavailable"));
            if (dice.nextBoolean()) {
                return; // nothing was stored; or it was, and the answer came too late
            }
        } else if (fate == 1) {
            link.down.add(new Event.SendRefused(0, client.name, call.id(), call.conversation(), "rate-limited"));
            return;
        }
        if (seq == 0) {
            seq = chat.log.size() + 1L;
            chat.log.add(new Event.Entry(seq, call.id(), client.user, client.device, call.text()));
            chat.times.add(wall());
        }
        if (fate != 0) {
            link.down.add(new Event.SendOk(
                    0, client.name, call.id(), call.conversation(), seq, chat.times.get((int) seq - 1)));
        }
        for (final var each : clients) {
            final var other = each.link;
            if (other != null && chat.members.contains(each.user)) {
                push(each, other, chat);
            }
        }
    }

    private void move(final Client client, final Link link, final Chat chat, final long seq, final boolean read) {
        if (seq > chat.log.size()) {
            return;
        }
        long cursor = Math.max(seq, client.cursors.getOrDefault(chat, 0L));
        while (cursor < chat.log.size()
                && chat.log.get((int) cursor).from().equals(client.user)
                && chat.log.get((int) cursor).device().equals(client.device)) {
            cursor++;
        }
        client.cursors.put(chat, cursor);
        link.pushed.merge(chat, cursor, Math::max);
        final var reached = chat.marks(client.user);
        final long counted = chat.counted(client.device, seq);
        reached[0] = Math.max(reached[0], counted);
        if (read) {
            reached[1] = Math.max(reached[1], counted);
        }
        if (dice.nextBoolean()) {
            chat.passOwn(client.user);
        }
    }

    /// Watermarks that this connection was not told yet.
    private void tell(final Link link, final Client client) {
        for (final var chat : chats.values()) {
            if (!chat.members.contains(client.user)) {
                continue;
            }
            for (final var whom : chat.members) {
                final var reached = chat.marks(whom);
                final var told = link.told.computeIfAbsent(chat.name + whom, _ -> new long[2]);
                if (reached[0] > told[0] || reached[1] > told[1]) {
                    link.told.put(chat.name + whom, reached.clone());
                    link.down.add(new Event.Receipt(0, client.name, chat.name, whom, reached[0], reached[1]));
                }
            }
        }
    }

    // the clients' side

    private void send(final Client client, final Link link) {
        final var mine = chats.values().stream()
                .filter(chat -> chat.members.contains(client.user))
                .toList();
        final var id = "m" + numbered++;
        final var call = new Event.SendCall(
                now, client.name, id, mine.get(dice.nextInt(mine.size())).name, "text " + id, OptionalLong.of(0));
        client.outbox.put(id, call);
        say(client, link, call);
    }

    private void say(final Client client, final Link link, final Event.SendCall call) {
        final var again =
                new Event.SendCall(now, client.name, call.id(), call.conversation(), call.text(), call.after());
        record(again);
        link.up.add(again);
    }

    private void acknowledge(final Client client, final Link link, final boolean read) {
        for (final var held : client.held.entrySet()) {
            if (!client.isLazy || dice.nextInt(5) == 0) {
                final var name = held.getKey().name;
                final Event call = read
                        ? new Event.ReadCall(now, client.name, name, held.getValue())
                        : new Event.AckCall(now, client.name, name, held.getValue());
                record(call);
                link.up.add(call);
            }
        }
    }

    private void take(final Client client, final Link link) {
        switch (link.down.poll()) {
            case null -> {}
            case final Event.Connected up -> {
                record(new Event.Connected(now, client.name, up.node()));
                if (dice.nextBoolean()) {
                    acknowledge(client, link, false);
                }
                List.copyOf(client.outbox.values()).forEach(call -> say(client, link, call));
            }
            case final Event.CaughtUp _ -> record(new Event.CaughtUp(now, client.name));
            case final Event.Received got -> {
                record(new Event.Received(
                        now,
                        client.name,
                        got.conversation(),
                        got.seq(),
                        got.id(),
                        got.from(),
                        got.device(),
                        got.text()));
                client.held.merge(chat(got.conversation()), got.seq(), Math::max);
            }
            case final Event.SendOk ok -> {
                record(new Event.SendOk(now, client.name, ok.id(), ok.conversation(), ok.seq(), ok.time()));
                client.outbox.remove(ok.id());
            }
            case final Event.SendRefused no -> {
                record(new Event.SendRefused(now, client.name, no.id(), no.conversation(), no.code()));
                final var call = client.outbox.get(no.id());
                if (call != null && dice.nextBoolean()) {
                    say(client, link, call);
                }
            }
            case final Event.Receipt tick ->
                record(new Event.Receipt(
                        now, client.name, tick.conversation(), tick.user(), tick.delivered(), tick.read()));
            case final Event.Presence seen ->
                record(new Event.Presence(now, client.name, seen.user(), seen.online(), seen.lastSeen()));
            case final Event other -> throw new IllegalStateException(other.toString());
        }
    }

    // the end

    /// Everybody but perhaps one comes back, until nothing is on its way.
    private void quieten() {
        if (dice.nextInt(3) == 0) {
            away.add(clients.get(clients.size() - 1).name);
            disconnect(clients.get(clients.size() - 1));
        }
        for (int round = 0; round < 100; round++) {
            for (final var client : clients) {
                if (away.contains(client.name)) {
                    continue;
                }
                if (client.link == null) {
                    connect(client);
                }
                final var link = client.link;
                while (link != null && !(link.up.isEmpty() && link.down.isEmpty())) {
                    now += 1_000;
                    serve(client, link);
                    take(client, link);
                }
                if (link != null && !client.outbox.isEmpty()) {
                    List.copyOf(client.outbox.values()).forEach(call -> say(client, link, call));
                }
            }
        }
    }

    private void readAll() {
        for (final var chat : chats.values()) {
            for (final var client : clients) {
                if (chat.members.contains(client.user) && !away.contains(client.name)) {
                    record(new Event.FinalLog(now, client.name, chat.name, List.copyOf(chat.log)));
                }
            }
        }
        for (final var chat : chats.values()) {
            for (final var user : chat.members) {
                chat.passOwn(user);
                final var reached = chat.marks(user);
                final long read = chat.isNotes() ? chat.log.size() : reached[1];
                final long unread = chat.log.stream()
                        .filter(entry -> entry.seq() > read && !entry.from().equals(user))
                        .count();
                final var reader = clients.stream()
                        .filter(client -> client.user.equals(user))
                        .findFirst()
                        .orElseThrow();
                record(new Event.FinalUnread(
                        now, reader.name, chat.name, unread, read, Math.max(reached[0], reached[1])));
            }
        }
    }
}
