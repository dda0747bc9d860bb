package io.parley.client;

import io.parley.protocol.ClientFrame;
import io.parley.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// The `pull`s and `receipts` that have not been answered. They only ask, so they are simply asked again on the
/// next link, until their time is over.
final class Requests {
    /// One question.
    static final class Pending {
        private final ClientFrame frame;
        private final long deadlineNanos;
        private final CompletableFuture<List<ServerFrame>> answer = new CompletableFuture<>();
        private final List<ServerFrame> parts = new ArrayList<>(); // bounded by the server: 1,000 members, one page
        private boolean delayed;
        private long notBeforeNanos;

        private Pending(final ClientFrame frame, final long deadlineNanos) {
            this.frame = frame;
            this.deadlineNanos = deadlineNanos;
        }

        /// The frames that answered it.
        CompletableFuture<List<ServerFrame>> answer() {
            return answer;
        }
    }

    private final int pendingMax;
    private final Map<String, Pending> byRef = new LinkedHashMap<>();
    private final SequencedSet<String> toAsk = new LinkedHashSet<>();
    private long refs;

    Requests(final int pendingMax) {
        this.pendingMax = pendingMax;
    }

    /// Takes a question, made by `frame` for the `ref` it gets; empty if too many are unanswered.
    Optional<Pending> add(final Function<Optional<String>, ClientFrame> frame, final long deadlineNanos) {
        if (byRef.size() >= pendingMax) {
            return Optional.empty();
        }
        final var ref = "q" + refs++;
        final var pending = new Pending(frame.apply(Optional.of(ref)), deadlineNanos);
        byRef.put(ref, pending);
        toAsk.add(ref);
        return Optional.of(pending);
    }

    /// A new link: everything unanswered is asked again.
    void linkUp() {
        toAsk.clear();
        toAsk.addAll(byRef.keySet());
        byRef.values().forEach(pending -> pending.parts.clear());
    }

    /// The next question to put.
    Optional<ClientFrame> next(final long nowNanos) {
        final var refs = toAsk.iterator();
        while (refs.hasNext()) {
            final var pending = byRef.get(refs.next());
            if (pending == null) {
                refs.remove();
            } else if (!pending.delayed || nowNanos - pending.notBeforeNanos >= 0) {
                pending.delayed = false;
                refs.remove();
                return Optional.of(pending.frame);
            }
        }
        return Optional.empty();
    }

    /// A part of an answer that more follows.
    void part(final Optional<String> ref, final ServerFrame frame) {
        ref.map(byRef::get).ifPresent(pending -> pending.parts.add(frame));
    }

    /// The end of an answer; `frame` is its last part. The question with its parts, or empty if nobody asked.
    Optional<Answered> end(final Optional<String> ref, final ServerFrame frame) {
        return ref.map(byRef::remove).map(pending -> {
            final var parts = new ArrayList<>(pending.parts);
            parts.add(frame);
            return new Answered(pending, parts);
        });
    }

    /// A question and the frames that answered it.
    record Answered(Pending pending, List<ServerFrame> parts) {}

    /// Whether `ref` is one of these questions.
    boolean has(final Optional<String> ref) {
        return ref.map(byRef::containsKey).orElse(false);
    }

    /// The question was refused for good.
    Optional<Pending> refused(final Optional<String> ref) {
        return ref.map(byRef::remove);
    }

    /// The question was refused just now; it is put again, not before `notBeforeNanos`.
    void putOff(final String ref, final long notBeforeNanos) {
        final var pending = byRef.get(ref);
        if (pending != null) {
            pending.delayed = true;
            pending.notBeforeNanos = notBeforeNanos;
            pending.parts.clear();
            toAsk.add(ref);
        }
    }

    /// The questions whose time is over; they are forgotten.
    List<Pending> expired(final long nowNanos) {
        if (byRef.isEmpty()) {
            return List.of();
        }
        final var over = byRef.values().stream()
                .filter(pending -> nowNanos - pending.deadlineNanos >= 0)
                .toList();
        byRef.values().removeAll(over);
        return over;
    }

    /// Everything unanswered, which is forgotten.
    List<Pending> takeAll() {
        final var all = List.copyOf(byRef.values());
        byRef.clear();
        toAsk.clear();
        return all;
    }

    boolean hasNoneToAsk() {
        return toAsk.isEmpty();
    }

    /// When the first question that was put off may be put again.
    OptionalLong dueNanos() {
        return toAsk.stream()
                .map(byRef::get)
                .filter(pending -> pending != null && pending.delayed)
                .mapToLong(pending -> pending.notBeforeNanos)
                .min();
    }
}
