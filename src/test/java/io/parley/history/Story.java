package io.parley.history;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/// A small history told by hand, one event a millisecond, in the conversation of ada and bob unless said
/// otherwise. The text of a message is its id with an exclamation mark.
final class Story {
    static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

    private final List<Event> events = new ArrayList<>();
    private String conversation = "ada~bob";

    Story() {
        events.add(new Event.WallClock(0, START));
    }

    List<Event> events() {
        return events;
    }

    private long at() {
        return events.size() * 1_000_000L;
    }

    private Story add(final Event event) {
        events.add(event);
        return this;
    }

    /// What follows is about that conversation.
    Story in(final String other) {
        conversation = other;
        return this;
    }

    Story links(final String... clients) {
        for (final var client : clients) {
            add(new Event.Linked(at(), client, user(client), device(client)));
        }
        return this;
    }

    /// Links and connects.
    Story joins(final String... clients) {
        for (final var client : clients) {
            links(client).up(client);
        }
        return this;
    }

    Story up(final String client) {
        return welcome(client).caughtUp(client);
    }

    Story welcome(final String client) {
        return add(new Event.Connected(at(), client, "node1"));
    }

    Story caughtUp(final String client) {
        return add(new Event.CaughtUp(at(), client));
    }

    Story down(final String client) {
        return add(new Event.Disconnected(at(), client, 1006));
    }

    Story calls(final String client, final String id) {
        return add(new Event.SendCall(at(), client, id, conversation, id + "!", OptionalLong.of(0)));
    }

    Story ok(final String client, final String id, final long seq) {
        return add(new Event.SendOk(at(), client, id, conversation, seq, START.plusSeconds(seq)));
    }

    Story okAt(final String client, final String id, final long seq, final Duration time) {
        return add(new Event.SendOk(at(), client, id, conversation, seq, START.plus(time)));
    }

    Story refused(final String client, final String id, final String code) {
        return add(new Event.SendRefused(at(), client, id, conversation, code));
    }

    /// Sends and gets ✓.
    Story sends(final String client, final String id, final long seq) {
        return calls(client, id).ok(client, id, seq);
    }

    Story gets(final String client, final long seq, final String id, final String sender) {
        return gets(client, seq, id, sender, id + "!");
    }

    Story gets(final String client, final long seq, final String id, final String sender, final String text) {
        return add(new Event.Received(at(), client, conversation, seq, id, user(sender), device(sender), text));
    }

    Story acks(final String client, final long seq) {
        return add(new Event.AckCall(at(), client, conversation, seq));
    }

    Story reads(final String client, final long seq) {
        return add(new Event.ReadCall(at(), client, conversation, seq));
    }

    Story tick(final String client, final String user, final long delivered, final long read) {
        return add(new Event.Receipt(at(), client, conversation, user, delivered, read));
    }

    Story sees(final String client, final String user, final Duration lastSeen) {
        return add(new Event.Presence(at(), client, user, Optional.of(false), Optional.of(START.plus(lastSeen))));
    }

    /// The final log, 1 to n: each `id sender`.
    Story log(final String client, final String... entries) {
        return log(
                client,
                IntStream.range(0, entries.length)
                        .mapToObj(index -> entry(index + 1L, entries[index]))
                        .toList());
    }

    Story log(final String client, final List<Event.Entry> entries) {
        return add(new Event.FinalLog(at(), client, conversation, entries));
    }

    static Event.Entry entry(final long seq, final String idAndSender) {
        final int space = idAndSender.indexOf(' ');
        final var id = idAndSender.substring(0, space);
        final var sender = idAndSender.substring(space + 1);
        return new Event.Entry(seq, id, user(sender), device(sender), id + "!");
    }

    Story unread(final String client, final long unread, final long read, final long delivered) {
        return add(new Event.FinalUnread(at(), client, conversation, unread, read, delivered));
    }

    Story fault(final String name, final Event.Phase phase) {
        return add(new Event.Fault(at(), name, phase));
    }

    private static String user(final String client) {
        return client.substring(0, client.indexOf('/'));
    }

    private static String device(final String client) {
        return client.substring(client.indexOf('/') + 1);
    }
}
