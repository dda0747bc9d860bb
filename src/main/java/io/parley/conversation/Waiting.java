package io.parley.conversation;

import io.parley.cluster.ReplyTo;
import io.parley.content.Utf8;
import io.parley.conversation.ConversationCommand.Commit;
import io.parley.conversation.ConversationCommand.Post;
import io.parley.conversation.ConversationCommand.Submission;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Messages and commits that have come and are not stored yet, in the order they came: until every member is
/// opened, until the log has been searched for an old resend, until its uploads are bound to it, or until the
/// next write.
final class Waiting {
    /// What one conversation may hold up: more than the sockets of two people with 16 devices each usually have
    /// unanswered, little enough that a stuck user costs little memory.
    static final int MESSAGES_MAX = 1_000;

    /// Of bodies and metadata in UTF-8.
    static final long BYTES_MAX = 8L << 20;

    /// Resends of one message that wait for its answer: one per device of its sender is the most that makes
    /// sense.
    private static final int ASKERS_MAX = 16;

    /// What one write takes at most; the rest goes with the next.
    private static final int BATCH_MAX = 256;

    private record Key(UserId author, MessageId id) {}

    /// A sender's device: what it sends keeps its order.
    private record Sender(UserId author, String device) {}

    static final class Item {
        final Submission submission;
        final List<ReplyTo<PostReply>> askers = new ArrayList<>(1);
        final Instant since;
        final Instant deadline;

        /// Up to where the log may hold an earlier try of this message that memory does not know; 0: it cannot.
        final long lookUpTo;

        boolean lookUpNeeded;
        long entriesRead;

        /// It carries uploads that are not known to be its own yet.
        boolean unbound;

        /// How its uploads were claimed for it, once they were.
        Optional<MediaDesk.Claim> claim = Optional.empty();

        Item(final Submission submission, final Instant since, final Instant deadline, final long lookUpTo) {
            this.submission = submission;
            this.since = since;
            this.deadline = deadline;
            this.lookUpTo = lookUpTo;
            this.lookUpNeeded = lookUpTo > 0;
            this.unbound = !media().isEmpty();
            this.askers.add(submission.replyTo());
        }

        /// The uploads it carries.
        List<MediaId> media() {
            return submission instanceof final Post post ? post.media() : List.of();
        }

        private Sender sender() {
            return new Sender(submission.author(), submission.device().value());
        }
    }

    private final Map<Key, Item> items = new LinkedHashMap<>();
    private long bytes;

    boolean isEmpty() {
        return items.isEmpty();
    }

    boolean hasRoomFor(final Submission submission) {
        return items.size() < MESSAGES_MAX && bytes + bytesOf(submission) <= BYTES_MAX;
    }

    /// As they will be stored.
    private static long bytesOf(final Submission submission) {
        return switch (submission) {
            case Post post ->
                (long) Utf8.length(post.body().json().value())
                        + post.client().map(json -> Utf8.length(json.value())).orElse(0)
                        + 2L * MediaId.BYTES * post.media().size();
            case Commit commit -> commit.message().length();
        };
    }

    Optional<Item> find(final UserId author, final MessageId id) {
        return Optional.ofNullable(items.get(new Key(author, id)));
    }

    /// Joins another asker to a message that waits already; false where too many do.
    boolean join(final Item item, final ReplyTo<PostReply> asker) {
        if (item.askers.contains(asker)) {
            return true;
        }
        return item.askers.size() < ASKERS_MAX && item.askers.add(asker);
    }

    void add(final Item item) {
        items.put(new Key(item.submission.author(), item.submission.id()), item);
        bytes += bytesOf(item.submission);
    }

    /// The next message whose resend has to be looked for in the log.
    Optional<Item> nextLookUp() {
        return items.values().stream().filter(item -> item.lookUpNeeded).findFirst();
    }

    boolean anyReady() {
        return !ready(1).isEmpty();
    }

    /// Takes out what may be stored now, in order: a sender's device is not overtaken by itself.
    List<Item> takeReady() {
        final var taken = ready(BATCH_MAX);
        taken.forEach(this::remove);
        return taken;
    }

    private List<Item> ready(final int most) {
        final var ready = new ArrayList<Item>(Math.min(most, items.size()));
        final Set<Sender> heldUp = new HashSet<>(0);
        for (final var item : items.values()) {
            if (ready.size() == most) {
                break;
            }
            if (item.lookUpNeeded || item.unbound) {
                heldUp.add(item.sender());
            } else if (heldUp.isEmpty() || !heldUp.contains(item.sender())) {
                ready.add(item);
            }
        }
        return ready;
    }

    List<Item> takeIf(final Predicate<Item> condition) {
        final var taken = items.values().stream().filter(condition).toList();
        taken.forEach(this::remove);
        return taken;
    }

    void remove(final Item item) {
        if (items.remove(new Key(item.submission.author(), item.submission.id())) != null) {
            bytes -= bytesOf(item.submission);
        }
    }
}
