package io.parley.history;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.function.UnaryOperator;

/// A history in memory. Of equal strings one is kept, so that an event costs some 60 bytes and a message its id
/// and text once, however many devices receive it. Not for several threads.
public final class History extends AbstractList<Event> implements RandomAccess {
    private final List<Event> events = new ArrayList<>();
    private final Map<String, String> strings = new HashMap<>();

    @Override
    public boolean add(final Event event) {
        return events.add(Strings.of(event, this::one));
    }

    @Override
    public Event get(final int index) {
        return events.get(index);
    }

    @Override
    public int size() {
        return events.size();
    }

    private String one(final String string) {
        final var before = strings.putIfAbsent(string, string);
        return before == null ? string : before;
    }

    /// An event with other strings.
    private static final class Strings {
        private Strings() {}

        static Event of(final Event event, final UnaryOperator<String> one) {
            return switch (event) {
                case Event.Linked(final var at, final var client, final var user, final var device) ->
                    new Event.Linked(at, one.apply(client), one.apply(user), one.apply(device));
                case Event.Connected(final var at, final var client, final var node) ->
                    new Event.Connected(at, one.apply(client), one.apply(node));
                case Event.CaughtUp(final var at, final var client) -> new Event.CaughtUp(at, one.apply(client));
                case Event.Disconnected(final var at, final var client, final var code) ->
                    new Event.Disconnected(at, one.apply(client), code);
                case final Event.SendCall call ->
                    new Event.SendCall(
                            call.at(),
                            one.apply(call.client()),
                            one.apply(call.id()),
                            one.apply(call.conversation()),
                            one.apply(call.text()),
                            call.after());
                case final Event.SendOk ok ->
                    new Event.SendOk(
                            ok.at(),
                            one.apply(ok.client()),
                            one.apply(ok.id()),
                            one.apply(ok.conversation()),
                            ok.seq(),
                            ok.time());
                case final Event.SendRefused no ->
                    new Event.SendRefused(
                            no.at(),
                            one.apply(no.client()),
                            one.apply(no.id()),
                            one.apply(no.conversation()),
                            one.apply(no.code()));
                case final Event.Received got ->
                    new Event.Received(
                            got.at(),
                            one.apply(got.client()),
                            one.apply(got.conversation()),
                            got.seq(),
                            one.apply(got.id()),
                            one.apply(got.from()),
                            one.apply(got.device()),
                            one.apply(got.text()));
                case Event.AckCall(final var at, final var client, final var conversation, final var seq) ->
                    new Event.AckCall(at, one.apply(client), one.apply(conversation), seq);
                case Event.ReadCall(final var at, final var client, final var conversation, final var seq) ->
                    new Event.ReadCall(at, one.apply(client), one.apply(conversation), seq);
                case final Event.Receipt tick ->
                    new Event.Receipt(
                            tick.at(),
                            one.apply(tick.client()),
                            one.apply(tick.conversation()),
                            one.apply(tick.user()),
                            tick.delivered(),
                            tick.read());
                case final Event.Presence seen ->
                    new Event.Presence(
                            seen.at(),
                            one.apply(seen.client()),
                            one.apply(seen.user()),
                            seen.online(),
                            seen.lastSeen());
                case Event.Fault(final var at, final var client, final var name, final var phase) ->
                    new Event.Fault(at, one.apply(client), one.apply(name), phase);
                case Event.WallClock(final var at, final var client, final var wall) ->
                    new Event.WallClock(at, one.apply(client), wall);
                case final Event.FinalLog log ->
                    new Event.FinalLog(
                            log.at(),
                            one.apply(log.client()),
                            one.apply(log.conversation()),
                            log.entries().stream().map(entry -> of(entry, one)).toList());
                case final Event.FinalUnread unread ->
                    new Event.FinalUnread(
                            unread.at(),
                            one.apply(unread.client()),
                            one.apply(unread.conversation()),
                            unread.unread(),
                            unread.readCursor(),
                            unread.delivered());
            };
        }

        private static Event.Entry of(final Event.Entry entry, final UnaryOperator<String> one) {
            return new Event.Entry(
                    entry.seq(),
                    one.apply(entry.id()),
                    one.apply(entry.from()),
                    one.apply(entry.device()),
                    one.apply(entry.text()));
        }
    }
}
