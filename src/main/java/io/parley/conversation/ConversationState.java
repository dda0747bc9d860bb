package io.parley.conversation;

import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a conversation knows from its log. Changes itself in [#apply] and never leaves its actor; what is
/// volatile (who is opened, who is online, what waits) is in [ConversationRules].
final class ConversationState {
    private final List<UserId> members;
    private final Map<UserId, Long> countsByAuthor = new LinkedHashMap<>();
    private final RecentEntries entries;
    private final CommitPlaces commits = new CommitPlaces();
    private RecentIds ids;
    private long head;
    private long headMillis;
    private Optional<Group> group = Optional.empty();

    /// How much of the end of the log is kept in memory.
    ///
    /// @param ids     a power of two
    record Memory(int ids, int entries) {
        static final Memory USUAL = new Memory(RecentIds.KEPT, RecentEntries.ENTRIES_MAX);
    }

    /// The empty log of `id`. The members of a direct conversation follow from its id.
    ConversationState(final ConversationId id) {
        this(id, Memory.USUAL);
    }

    ConversationState(final ConversationId id, final Memory memory) {
        this.members = id.people();
        this.entries = new RecentEntries(memory.entries());
        this.ids = new RecentIds(memory.ids());
    }

    static ConversationState restored(final ConversationId id, final ConversationSnapshot from) {
        return restored(id, from, Memory.USUAL);
    }

    static ConversationState restored(final ConversationId id, final ConversationSnapshot from, final Memory memory) {
        final var state = new ConversationState(id, memory);
        state.head = from.head();
        state.headMillis = from.atMillis();
        state.group = from.group();
        for (int i = 0; i < from.authors().size(); i++) {
            state.countsByAuthor.put(
                    state.canonical(from.authors().get(i)), from.counts().get(i));
        }
        final var authors = List.copyOf(state.countsByAuthor.keySet());
        from.commits().ifPresent(commits -> {
            for (int i = 0; i < commits.seqs().size(); i++) {
                state.commits.add(
                        commits.seqs().get(i), authors.get(commits.by().get(i)));
            }
        });
        state.ids = RecentIds.after(from.head() - from.recentIds().size(), memory.ids());
        for (int i = 0; i < from.recentIds().size(); i++) {
            state.ids.add(
                    authors.get(from.recentBy().get(i)),
                    from.recentIds().get(i),
                    from.recentTimes().get(i));
        }
        return state;
    }

    ConversationSnapshot snapshot() {
        final var authors = List.copyOf(countsByAuthor.keySet());
        final var recentIds = new ArrayList<String>();
        final var recentBy = new ArrayList<Integer>();
        final var recentTimes = new ArrayList<Long>();
        for (long seq = ids.completeFrom(); seq <= head; seq++) {
            recentIds.add(ids.id(seq));
            recentBy.add(authors.indexOf(ids.author(seq)));
            recentTimes.add(ids.timeMillis(seq));
        }
        return new ConversationSnapshot(
                head,
                headMillis,
                authors,
                List.copyOf(countsByAuthor.values()),
                group,
                commits(authors),
                recentIds,
                recentBy,
                recentTimes);
    }

    private Optional<ConversationSnapshot.Commits> commits(final List<UserId> authors) {
        final var places = commits.all();
        return places.isEmpty()
                ? Optional.empty()
                : Optional.of(new ConversationSnapshot.Commits(
                        places.stream().map(CommitPlaces.Place::seq).toList(),
                        places.stream()
                                .map(place -> authors.indexOf(place.author()))
                                .toList()));
    }

    ConversationState apply(final ConversationEvent event) {
        final var author = canonical(event.author());
        head++;
        headMillis = event.atMillis();
        countsByAuthor.merge(author, 1L, Long::sum);
        ids.add(author, event.id().value(), event.atMillis());
        entries.add(Entry.of(head, event));
        if (event instanceof final ConversationEvent.CommitPosted commit) {
            group = Optional.of(after(group, commit, head));
            commits.add(head, author);
        }
        return this;
    }

    /// What a commit makes of the group, at `seq`.
    static Group after(final Optional<Group> before, final ConversationEvent.CommitPosted commit, final long seq) {
        return before.filter(group -> group.id().equals(commit.group()))
                .map(group -> group.after(commit, seq))
                .orElseGet(() -> Group.begun(commit, seq));
    }

    /// The MLS group, of an encrypted conversation.
    Optional<Group> group() {
        return group;
    }

    /// Whether there is a group and the member's device is not in it.
    boolean isOutside(final UserId user, final Optional<DeviceId> device) {
        return group.isPresent()
                && device.isPresent()
                && group.get().leaf(user, device.get()).isEmpty();
    }

    /// The `seq` of the last entry; 0 for an empty log.
    long head() {
        return head;
    }

    /// The time of the last entry, in milliseconds; 0 for an empty log.
    long headMillis() {
        return headMillis;
    }

    List<UserId> members() {
        return members;
    }

    boolean isMember(final UserId user) {
        return members.contains(user);
    }

    /// How many entries of `author` the log holds.
    long countBy(final UserId author) {
        return countsByAuthor.getOrDefault(author, 0L);
    }

    RecentEntries entries() {
        return entries;
    }

    Optional<RecentIds.Place> find(final UserId author, final MessageId id) {
        return ids.find(author, id);
    }

    /// From which `seq` on every id is in memory.
    long idsCompleteFrom() {
        return ids.completeFrom();
    }

    /// How many messages of others stand after `seq`, if that can be told from memory.
    Optional<Long> unreadAfter(final long seq, final UserId reader) {
        final long toRead = -commits.ofOthersAfter(seq, reader);
        if (seq == 0) {
            return Optional.of(toRead + head - countBy(reader));
        }
        return seq + 1 >= ids.completeFrom()
                ? Optional.of(toRead + ids.countOfOthersAfter(seq, reader))
                : Optional.empty();
    }

    /// How many commits of others stand after `seq`.
    long commitsAfter(final long seq, final UserId reader) {
        return commits.ofOthersAfter(seq, reader);
    }

    /// `seq`, or the end of the member's own entries that follow it without a gap: a reader's cursor passes
    /// over what he wrote himself.
    long pastOwn(final long seq, final UserId member) {
        long at = seq;
        while (at < head && at + 1 >= ids.completeFrom() && ids.author(at + 1).equals(member)) {
            at++;
        }
        return at;
    }

    /// `now`, or the time of the last entry where the clock has gone back: time never decreases within a
    /// conversation.
    long timeFor(final Instant now) {
        return Math.max(headMillis, now.toEpochMilli());
    }

    private UserId canonical(final UserId author) {
        for (final var member : members) {
            if (member.equals(author)) {
                return member; // one object per person instead of one per entry
            }
        }
        return author;
    }
}
