package io.parley.client;

import io.parley.id.ConversationId;
import io.parley.protocol.ClientFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedSet;

/// How far this device has come in each conversation: what was given to the listener, what it has taken
/// (`delivered`), what the person has read, and what of it the server has still to be told. Knows no sockets;
/// the time comes in.
final class Cursors {
    /// A message at the listener.
    static final class Taking {
        private final ConversationId conversation;
        private final long seq;
        private boolean taken;
        private boolean voided;

        private Taking(final ConversationId conversation, final long seq) {
            this.conversation = conversation;
            this.seq = seq;
        }

        ConversationId conversation() {
            return conversation;
        }
    }

    private static final class Place {
        private long head;
        private long given;
        private long delivered;
        private long deliveredSaid;
        private long saidNanos;
        private long read;
        private long readSaid;
        private long readConfirmed;
        private boolean held;
        private long notBeforeNanos;
        private final ArrayDeque<Taking> taking = new ArrayDeque<>(2); // bounded by the server's window

        private boolean owes() {
            return delivered > deliveredSaid || read > readSaid;
        }

        private boolean isQuiet() {
            return taking.isEmpty() && !owes() && read <= readConfirmed;
        }
    }

    /// What is repeated after one welcome, each of both cursors: more would run into the server's limit on
    /// frames, and the rest comes right by itself (what is pushed again is acknowledged again).
    static final int REPEATED_MAX = 100;

    /// An acknowledgement older than this has reached the server's disk or never will: a broken link is noticed
    /// within 15 s, and a session repeats to the user's entity what it was told.
    private static final long REPEATED_FOR_NANOS = 60_000_000_000L;

    private final int conversationsMax;
    private final Map<ConversationId, Place> places = new LinkedHashMap<>(16, 0.75f, true);
    private final SequencedSet<ConversationId> owing = new LinkedHashSet<>();
    private int beingTaken;

    /// @param conversationsMax how many conversations are remembered; of more, the longest untouched are
    ///                         forgotten, which costs no message: at worst one is given twice
    Cursors(final int conversationsMax) {
        this.conversationsMax = conversationsMax;
    }

    /// What an earlier run had stored.
    void restore(final ConversationId conversation, final ClientStore.Progress progress, final long nowNanos) {
        final var place = place(conversation);
        place.head = progress.head();
        place.given = progress.delivered();
        place.delivered = progress.delivered();
        place.deliveredSaid = progress.delivered();
        place.saidNanos = nowNanos;
        place.read = progress.read();
        place.readSaid = progress.read();
        place.readConfirmed = progress.readConfirmed();
    }

    /// What is to be stored of a conversation.
    ClientStore.Progress progress(final ConversationId conversation) {
        final var place = place(conversation);
        return new ClientStore.Progress(place.head, place.delivered, place.read, place.readConfirmed);
    }

    /// The highest `seq` known of a conversation; 0: none.
    long head(final ConversationId conversation) {
        final var place = places.get(conversation);
        return place == null ? 0 : place.head;
    }

    /// The conversation has come as far as `seq`. Returns whether that is news.
    boolean heard(final ConversationId conversation, final long seq) {
        final var place = place(conversation);
        if (seq <= place.head) {
            return false;
        }
        place.head = seq;
        return true;
    }

    /// A message was pushed. To be given to the listener, or empty if it had been given before: then, if it was
    /// taken, the server did not hear so and is told again.
    Optional<Taking> pushed(final ConversationId conversation, final long seq) {
        heard(conversation, seq);
        final var place = place(conversation);
        if (seq <= place.given) {
            if (seq <= place.delivered && !place.owes()) {
                place.deliveredSaid = Math.min(place.deliveredSaid, seq - 1);
                owing.add(conversation);
            }
            return Optional.empty();
        }
        place.given = seq;
        final var taking = new Taking(conversation, seq);
        place.taking.add(taking);
        beingTaken++;
        return Optional.of(taking);
    }

    /// How many messages are at the listener.
    int beingTaken() {
        return beingTaken;
    }

    /// The listener has taken a message. Returns whether the cursor moved, which it does once all before it are
    /// taken.
    boolean taken(final Taking taking) {
        if (taking.voided) {
            return false;
        }
        taking.taken = true;
        final var place = place(taking.conversation);
        final var before = place.delivered;
        for (var first = place.taking.peek(); first != null && first.taken; first = place.taking.peek()) {
            place.taking.remove();
            beingTaken--;
            place.delivered = Math.max(place.delivered, first.seq);
        }
        if (place.delivered > place.deliveredSaid) {
            owing.add(taking.conversation);
        }
        return place.delivered > before;
    }

    /// The listener could not take a message: it and what followed it in the conversation will be given again
    /// when the server pushes them again.
    void notTaken(final Taking taking) {
        if (taking.voided) {
            return;
        }
        final var place = place(taking.conversation);
        place.taking.forEach(each -> each.voided = true);
        beingTaken -= place.taking.size();
        place.taking.clear();
        place.given = place.delivered;
    }

    /// The person has read up to `seq`. Returns whether the cursor moved.
    boolean read(final ConversationId conversation, final long seq) {
        final var place = place(conversation);
        if (seq <= place.read) {
            return false;
        }
        place.read = seq;
        owing.add(conversation);
        return true;
    }

    /// The server's word that reading up to `seq` is durable. Returns whether that is news.
    boolean readConfirmed(final ConversationId conversation, final long seq) {
        final var place = place(conversation);
        if (seq <= place.readConfirmed) {
            return false;
        }
        place.readConfirmed = seq;
        if (seq >= place.read) { // also by another device of the same person
            place.read = seq;
            place.readSaid = seq;
        }
        return true;
    }

    /// A new link: what the old one may have lost is said again.
    void linkUp(final long nowNanos) {
        owing.clear();
        final var latest = new ArrayList<>(places.entrySet()).reversed();
        int delivered = 0;
        int read = 0;
        for (final var each : latest) {
            final var place = each.getValue();
            place.held = false;
            if (place.read > place.readConfirmed && read < REPEATED_MAX) {
                place.readSaid = place.readConfirmed;
                read++;
            }
            if (place.delivered > 0 && nowNanos - place.saidNanos < REPEATED_FOR_NANOS && delivered < REPEATED_MAX) {
                place.deliveredSaid = 0;
                delivered++;
            }
            if (place.owes()) {
                owing.add(each.getKey());
            }
        }
    }

    /// The server refused to hear a cursor of this conversation just now.
    void putOff(final ConversationId conversation, final long notBeforeNanos) {
        final var place = place(conversation);
        place.held = true;
        place.notBeforeNanos = notBeforeNanos;
        place.deliveredSaid = 0;
        place.readSaid = Math.min(place.readSaid, place.readConfirmed);
        if (place.owes()) {
            owing.add(conversation);
        }
    }

    boolean owesNothing() {
        return owing.isEmpty();
    }

    /// When the first cursor that was put off may be said; empty if none was.
    OptionalLong dueNanos() {
        return owing.stream()
                .map(places::get)
                .filter(place -> place != null && place.held)
                .mapToLong(place -> place.notBeforeNanos)
                .min();
    }

    /// The cursor to tell the server next, which counts as said from now on.
    Optional<ClientFrame> next(final long nowNanos) {
        final var candidates = owing.iterator();
        while (candidates.hasNext()) {
            final var conversation = candidates.next();
            final var place = places.get(conversation);
            if (place == null || !place.owes()) {
                candidates.remove();
            } else if (!place.held || nowNanos - place.notBeforeNanos >= 0) {
                final var frame = say(conversation, place, nowNanos);
                if (!place.owes()) {
                    candidates.remove();
                }
                return Optional.of(frame);
            }
        }
        return Optional.empty();
    }

    private static ClientFrame say(final ConversationId conversation, final Place place, final long nowNanos) {
        place.held = false;
        place.saidNanos = nowNanos;
        if (place.read > place.readSaid) {
            place.readSaid = place.read;
            if (place.read >= place.delivered) { // read implies delivered
                place.deliveredSaid = Math.max(place.deliveredSaid, place.delivered);
            }
            return new ClientFrame.Read(conversation.value(), place.read, Optional.empty());
        }
        place.deliveredSaid = place.delivered;
        return new ClientFrame.Delivered(conversation.value(), place.delivered, Optional.empty());
    }

    /// The conversations remembered, the longest untouched first.
    List<ConversationId> conversations() {
        return List.copyOf(places.keySet());
    }

    private Place place(final ConversationId conversation) {
        final var known = places.get(conversation);
        if (known != null) {
            return known;
        }
        if (places.size() >= conversationsMax) {
            forgetOne();
        }
        final var place = new Place();
        places.put(conversation, place);
        return place;
    }

    private void forgetOne() {
        final var eldest = places.entrySet().iterator();
        for (int looked = 0; eldest.hasNext() && looked < REPEATED_MAX; looked++) {
            if (eldest.next().getValue().isQuiet()) {
                eldest.remove();
                return;
            }
        }
        final var first = places.keySet().iterator().next(); // none quiet among the eldest: its debts go with it
        owing.remove(first);
        final var gone = places.remove(first);
        if (gone != null) {
            gone.taking.forEach(each -> each.voided = true);
            beingTaken -= gone.taking.size();
        }
    }
}
