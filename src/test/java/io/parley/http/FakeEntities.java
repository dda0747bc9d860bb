package io.parley.http;

import io.parley.account.InboxNoted;
import io.parley.account.Inboxes;
import io.parley.account.LinkedDevice;
import io.parley.account.LinkedDevices;
import io.parley.cluster.ReplyTo;
import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Entry;
import io.parley.conversation.PageQuery;
import io.parley.conversation.PageReply;
import io.parley.conversation.Pages;
import io.parley.conversation.PostReply;
import io.parley.conversation.SummaryReply;
import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.user.Settings;
import io.parley.user.UserCommand;
import io.parley.user.UserCommand.ChatList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.LongStream;

/// Conversations and inboxes as plain maps: the last few entries are "in memory", older ones in the "log". Not
/// a model of delivery, only of what the calls ask.
final class FakeEntities implements Entities, LogReader, Inboxes {
    private record Cursors(long delivered, long read) {}

    private final Map<ConversationId, List<Entry>> logs = new TreeMap<>();
    private final Map<UserId, List<LinkedDevice>> devices = new HashMap<>();
    private final Map<UserId, Map<ConversationId, Cursors>> cursors = new HashMap<>();
    private final Map<UserId, Settings> settings = new HashMap<>();
    private final Map<DeviceId, Instant> seen = new HashMap<>();
    private final Set<ConversationId> encrypted = new HashSet<>();
    private int inMemory = 3;
    private int logReads;
    private boolean silent;
    private Instant now = Instant.parse("2026-11-24T09:30:00.125Z");

    synchronized void keepInMemory(final int entries) {
        inMemory = entries;
    }

    /// From now on a message to it is of another epoch than the group, which is in epoch 8 since entry 19.
    synchronized void encrypts(final ConversationId conversation) {
        encrypted.add(conversation);
    }

    /// From now on nobody answers, or all do again.
    synchronized void silence(final boolean on) {
        silent = on;
    }

    synchronized void at(final Instant time) {
        now = time;
    }

    synchronized void saw(final DeviceId device, final Instant at) {
        seen.put(device, at);
    }

    synchronized void exists(final UserId user) {
        devices.putIfAbsent(user, List.of());
    }

    synchronized int logReads() {
        return logReads;
    }

    synchronized List<Entry> log(final ConversationId conversation) {
        return List.copyOf(logs.getOrDefault(conversation, List.of()));
    }

    synchronized long delivered(final UserId user, final ConversationId conversation) {
        return cursorsOf(user, conversation).delivered();
    }

    synchronized long read(final UserId user, final ConversationId conversation) {
        return cursorsOf(user, conversation).read();
    }

    private Cursors cursorsOf(final UserId user, final ConversationId conversation) {
        return cursors.getOrDefault(user, Map.of()).getOrDefault(conversation, new Cursors(0, 0));
    }

    /// Appends as if `author` had sent it.
    synchronized Entry append(
            final ConversationId conversation,
            final UserId author,
            final DeviceId device,
            final MessageId id,
            final JsonText body,
            final Optional<JsonText> client) {
        return append(conversation, author, device, id, body, client, List.of());
    }

    private synchronized Entry append(
            final ConversationId conversation,
            final UserId author,
            final DeviceId device,
            final MessageId id,
            final JsonText body,
            final Optional<JsonText> client,
            final List<MediaId> media) {
        final var log = logs.computeIfAbsent(conversation, _ -> new ArrayList<>());
        final long nth =
                log.stream().filter(entry -> entry.author().equals(author)).count() + 1;
        final var entry = new Entry(log.size() + 1L, author, device, id, now, body, client, media, nth);
        log.add(entry);
        return entry;
    }

    /// No entry is a commit.
    CompletionStage<Optional<ConversationCommand.CommitFiles>> commitFiles(
            final ConversationId conversation, final long seq) {
        return CompletableFuture.completedStage(Optional.empty());
    }

    @Override
    public void linked(final LinkedDevices message) {
        synchronized (this) {
            devices.put(message.user(), message.devices());
        }
        message.replyTo().tell(new InboxNoted(message.user(), message.version()));
    }

    private synchronized void tell(final ConversationCommand command) {
        if (silent) {
            return;
        }
        switch (command) {
            case ConversationCommand.Post post -> post.replyTo().tell(post(post));
            case ConversationCommand.ReadPage read -> read.replyTo().tell(page(read));
            case ConversationCommand.Summarise summarise -> summarise.replyTo().tell(summary(summarise));
            default -> throw new AssertionError("no call says " + command);
        }
    }

    private Optional<UserId> unknown(final ConversationId conversation) {
        return conversation.people().stream()
                .filter(user -> !devices.containsKey(user))
                .findFirst();
    }

    private PostReply post(final ConversationCommand.Post post) {
        final var conversation = post.conversation();
        if (!conversation.people().contains(post.author())) {
            return new PostReply.NotAMember(conversation, post.id());
        }
        if (encrypted.contains(conversation)) {
            return new PostReply.OtherState(conversation, post.id(), OptionalLong.of(8), 19, "it is encrypted");
        }
        final var unknown = unknown(conversation);
        if (unknown.isPresent()) {
            return new PostReply.UnknownUser(conversation, post.id(), unknown.get());
        }
        final var earlier = log(conversation).stream()
                .filter(entry ->
                        entry.author().equals(post.author()) && entry.id().equals(post.id()))
                .findFirst();
        final var entry = earlier.orElseGet(() -> append(
                conversation,
                post.author(),
                post.device(),
                post.id(),
                post.body().json(),
                post.client(),
                post.media()));
        return new PostReply.Accepted(conversation, post.id(), entry.seq(), entry.time(), earlier.isPresent(), 0);
    }

    private PageReply page(final ConversationCommand.ReadPage read) {
        final var conversation = read.conversation();
        final var log = log(conversation);
        final long head = log.size();
        final var unknown = unknown(conversation);
        if (!conversation.people().contains(read.reader())) {
            return new PageReply.NotAMember(conversation, read.tag());
        }
        if (unknown.isPresent()) {
            return new PageReply.UnknownUser(conversation, unknown.get(), read.tag());
        }
        final int limit = read.query().limit();
        final long from;
        final long to;
        switch (read.query()) {
            case PageQuery.After after -> {
                from = Math.min(after.seq(), head) + 1;
                to = Math.min(head, from + limit - 1);
            }
            case PageQuery.Before before -> {
                to = Math.min(before.seq() - 1, head);
                from = Math.max(1, to - limit + 1);
            }
            case PageQuery.Newest _ -> {
                to = head;
                from = Math.max(1, to - limit + 1);
            }
        }
        final boolean fromEnd = !(read.query() instanceof PageQuery.After);
        return from > to || from > head - inMemory
                ? new PageReply.Page(
                        conversation,
                        from > to ? List.of() : Pages.cut(log.subList((int) from - 1, (int) to), fromEnd),
                        head,
                        false,
                        read.tag())
                : new PageReply.InLog(conversation, from, to, fromEnd, head, false, read.tag());
    }

    private SummaryReply summary(final ConversationCommand.Summarise asked) {
        final var log = log(asked.conversation());
        final long read = asked.read();
        final var own = log.stream()
                .filter(entry -> entry.author().equals(asked.reader()))
                .toList();
        final boolean inMemoryAll = inMemory > 0;
        return new SummaryReply.Summary(
                asked.conversation(),
                log.size(),
                inMemoryAll ? Optional.of(log.getLast()) : Optional.empty(),
                read,
                inMemoryAll ? OptionalLong.of(unread(log, read, asked.reader())) : OptionalLong.empty(),
                own.size(),
                0,
                asked.conversation().people().stream()
                        .filter(user -> !user.equals(asked.reader()))
                        .map(user -> new Watermark(
                                user, delivered(user, asked.conversation()), read(user, asked.conversation())))
                        .toList(),
                false,
                asked.tag());
    }

    static long unread(final List<Entry> log, final long read, final UserId reader) {
        return log.stream()
                .filter(entry -> entry.seq() > read && !entry.author().equals(reader))
                .count();
    }

    private synchronized void tell(final UserCommand command) {
        if (silent) {
            return;
        }
        switch (command) {
            case UserCommand.Acknowledge said -> acknowledge(said);
            case UserCommand.AskPresence ask ->
                ask.replyTo()
                        .tell(new UserCommand.PresenceReply(
                                ask.user(),
                                devices.containsKey(ask.user()),
                                settingsOf(ask.user()).lastSeen() == Settings.Audience.NOBODY
                                        ? Optional.empty()
                                        : Optional.of(false),
                                settingsOf(ask.user()).lastSeen() == Settings.Audience.NOBODY
                                        ? Optional.empty()
                                        : Optional.of(now)));
            case UserCommand.ListChats list -> list.replyTo().tell(chats(list));
            case UserCommand.AskSettings ask ->
                ask.replyTo().tell(new UserCommand.SettingsReply(settingsOf(ask.user())));
            case UserCommand.ChangeSettings change -> {
                final var before = settingsOf(change.user());
                settings.put(
                        change.user(),
                        new Settings(
                                change.lastSeen().orElse(before.lastSeen()),
                                change.readReceipts().orElse(before.readReceipts())));
                change.replyTo().tell(new UserCommand.SettingsReply(settingsOf(change.user())));
            }
            case UserCommand.AskDevices ask ->
                ask.replyTo()
                        .tell(new UserCommand.DevicesReply(devices.getOrDefault(ask.user(), List.of()).stream()
                                .map(device -> new UserCommand.DevicesReply.DeviceSeen(
                                        device.device(), false, Optional.ofNullable(seen.get(device.device()))))
                                .toList()));
            default -> throw new AssertionError("no call says " + command);
        }
    }

    private Settings settingsOf(final UserId user) {
        return settings.getOrDefault(user, Settings.DEFAULT);
    }

    private void acknowledge(final UserCommand.Acknowledge said) {
        final boolean known = devices.getOrDefault(said.user(), List.of()).stream()
                .anyMatch(device -> device.device().equals(said.device()));
        if (known) {
            final var before = cursorsOf(said.user(), said.conversation());
            cursors.computeIfAbsent(said.user(), _ -> new HashMap<>())
                    .put(
                            said.conversation(),
                            new Cursors(
                                    Math.max(before.delivered(), said.delivered()),
                                    Math.max(before.read(), said.read())));
        }
        said.replyTo().ifPresent(to -> to.tell(new UserCommand.CursorsStored(said.conversation(), known)));
    }

    private ChatList chats(final UserCommand.ListChats list) {
        final var all = logs.entrySet().stream()
                .filter(each -> each.getKey().people().contains(list.user()))
                .map(each -> new ChatList.Chat(
                        each.getKey(),
                        each.getValue().size(),
                        each.getValue().getLast().time().toEpochMilli(),
                        delivered(list.user(), each.getKey()),
                        read(list.user(), each.getKey())))
                .filter(chat -> list.updatedAfter()
                        .map(after -> chat.atMillis() > after.toEpochMilli())
                        .orElse(true))
                .filter(chat -> list.before()
                        .map(place -> chat.atMillis() < place.atMillis()
                                || (chat.atMillis() == place.atMillis()
                                        && chat.conversation().compareTo(place.conversation()) > 0))
                        .orElse(true))
                .sorted(Comparator.comparingLong((ChatList.Chat chat) -> -chat.atMillis())
                        .thenComparing(ChatList.Chat::conversation))
                .toList();
        return new ChatList(
                all.stream().limit(list.limit()).toList(),
                all.size() > list.limit(),
                settingsOf(list.user()).readReceipts());
    }

    @Override
    public <R> CompletionStage<R> askConversation(
            final Function<ReplyTo<R>, ConversationCommand> command, final Duration patience) {
        final var answer = new CompletableFuture<R>();
        tell(command.apply(answer::complete));
        return orTimeout(answer);
    }

    @Override
    public <R> CompletionStage<R> askUser(final Function<ReplyTo<R>, UserCommand> command, final Duration patience) {
        final var answer = new CompletableFuture<R>();
        tell(command.apply(answer::complete));
        return orTimeout(answer);
    }

    private synchronized <R> CompletionStage<R> orTimeout(final CompletableFuture<R> answer) {
        if (silent) {
            answer.completeExceptionally(new TimeoutException("silent"));
        }
        return answer;
    }

    @Override
    public synchronized CompletionStage<List<Entry>> read(
            final ConversationId conversation, final long from, final long to) {
        logReads++;
        final var log = log(conversation);
        return CompletableFuture.completedStage(LongStream.rangeClosed(from, Math.min(to, log.size()))
                .mapToObj(seq -> log.get((int) seq - 1))
                .toList());
    }

    static JsonText text(final String text) {
        return new Body("text", new JsonText("{\"type\":\"text\",\"text\":\"" + text + "\"}")).json();
    }
}
