package io.parley.user;

import io.parley.id.UserId;
import io.parley.user.UserCommand.ChatList;
import io.parley.user.UserCommand.ListChats;
import java.util.Comparator;
import java.util.List;

/// The list of a person's conversations, most recently known activity first.
final class ChatLists {
    /// The most that one answer holds.
    static final int LIMIT_MAX = 100;

    private static final Comparator<ChatList.Chat> NEWEST_FIRST = Comparator.comparingLong(
                    (ChatList.Chat chat) -> -chat.atMillis())
            .thenComparing(ChatList.Chat::conversation);

    private ChatLists() {}

    static ChatList list(final InboxState state, final Lanes lanes, final ListChats list) {
        final int limit = Math.clamp(list.limit(), 1, LIMIT_MAX);
        final var matching = state.chats().stream()
                .map(chat -> known(chat, lanes))
                .filter(chat -> list.updatedAfter()
                        .map(after -> chat.atMillis() > after.toEpochMilli())
                        .orElse(true))
                .filter(chat -> list.before().map(place -> isAfter(chat, place)).orElse(true))
                .sorted(NEWEST_FIRST)
                .limit(limit + 1L)
                .toList();
        return new ChatList(
                matching.stream().limit(limit).toList(),
                matching.size() > limit,
                state.settings().readReceipts());
    }

    /// With whom the person talks, most recently known activity first.
    static List<UserId> people(final InboxState state, final Lanes lanes, final UserId self, final int most) {
        return state.chats().stream()
                .filter(chat -> chat.id.isDirect() && !chat.id.isNotes())
                .map(chat -> known(chat, lanes))
                .sorted(NEWEST_FIRST)
                .limit(most)
                .flatMap(chat -> chat.conversation().people().stream())
                .filter(person -> !person.equals(self))
                .toList();
    }

    /// The conversation with what has been heard of it since the last write.
    private static ChatList.Chat known(final Chat chat, final Lanes lanes) {
        return lanes.find(chat.id)
                .map(lane -> new ChatList.Chat(
                        chat.id,
                        Math.max(chat.head, lane.head),
                        Math.max(chat.atMillis, lane.headMillis),
                        chat.delivered,
                        chat.read))
                .orElseGet(() -> new ChatList.Chat(chat.id, chat.head, chat.atMillis, chat.delivered, chat.read));
    }

    private static boolean isAfter(final ChatList.Chat chat, final UserCommand.Place place) {
        return chat.atMillis() < place.atMillis()
                || (chat.atMillis() == place.atMillis() && chat.conversation().compareTo(place.conversation()) > 0);
    }
}
