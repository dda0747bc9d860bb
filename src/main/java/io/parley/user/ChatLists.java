package io.parley.user;

import io.parley.user.UserCommand.ChatList;
import io.parley.user.UserCommand.ListChats;
import java.util.Comparator;

/// The list of a person's conversations, most recently known activity first.
final class ChatLists {
    /// The most that one answer holds.
    static final int LIMIT_MAX = 100;

    private static final Comparator<Chat> NEWEST_FIRST =
            Comparator.comparingLong((Chat chat) -> -chat.atMillis).thenComparing(chat -> chat.id);

    private ChatLists() {}

    static ChatList list(final InboxState state, final ListChats list) {
        final int limit = Math.clamp(list.limit(), 1, LIMIT_MAX);
        final var matching = state.chats().stream()
                .filter(chat -> list.updatedAfter()
                        .map(after -> chat.atMillis > after.toEpochMilli())
                        .orElse(true))
                .filter(chat ->
                        list.before().map(place -> isAfter(chat, place)).orElse(true))
                .sorted(NEWEST_FIRST)
                .limit(limit + 1L)
                .toList();
        return new ChatList(
                matching.stream()
                        .limit(limit)
                        .map(chat -> new ChatList.Chat(chat.id, chat.head, chat.atMillis, chat.delivered, chat.read))
                        .toList(),
                matching.size() > limit,
                state.settings().readReceipts());
    }

    private static boolean isAfter(final Chat chat, final UserCommand.Place place) {
        return chat.atMillis < place.atMillis()
                || (chat.atMillis == place.atMillis() && chat.id.compareTo(place.conversation()) > 0);
    }
}
