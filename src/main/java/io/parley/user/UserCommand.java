package io.parley.user;

import io.parley.cluster.ReplyTo;
import io.parley.conversation.MemberMessage;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a user's inbox can be told. Each names its addressee; an entity refuses what is not its own.
public sealed interface UserCommand extends ClusterMessage {
    UserId user();

    /// The account's linked devices, all of them. Repeats are harmless, an older list is ignored.
    ///
    /// @param gone the account was deleted: the inbox erases itself, and answers when each conversation that
    ///             relied on it has heard so. Nodes from before accounts could be deleted do not say it: false
    record LinkDevices(
            UserId user,
            String uid,
            long version,
            List<UserEvent.Linked> devices,
            boolean gone,
            ReplyTo<DevicesNoted> replyTo)
            implements UserCommand {}

    /// A device's session starts, or (every 10 s) says that it is alive.
    ///
    /// @param generation of the token it came with
    /// @param stamp      when the session started, in nanoseconds of its own making: a later one replaces an
    /// earlier one
    /// @param life       the life of the node that holds the session
    /// @param lacking    the session waits for the list of open conversations or for a head: tell it all again
    record Attach(
            UserId user,
            DeviceId device,
            long generation,
            long stamp,
            String life,
            boolean lacking,
            ReplyTo<Delivery> session)
            implements UserCommand {}

    /// The session has ended.
    ///
    /// @param silentFor how long before its end the device was last heard; zero where the end itself was heard
    /// of
    record Detach(UserId user, DeviceId device, long stamp, Duration silentFor) implements UserCommand {
        public Detach(final UserId user, final DeviceId device, final long stamp) {
            this(user, device, stamp, Duration.ZERO);
        }
    }

    /// The device holds everything up to `cursor`, the person has read up to `read`. Repeated by the session
    /// until [Delivery.OwnMoved].
    ///
    /// @param delivered what this says of ✓✓: `cursor`, but in notes to oneself nothing the device sent itself
    /// @param replyTo   for askers without a session: told once it is durable
    record Acknowledge(
            UserId user,
            DeviceId device,
            ConversationId conversation,
            long cursor,
            long delivered,
            long read,
            Optional<ReplyTo<CursorsStored>> replyTo)
            implements UserCommand {}

    /// A word from a conversation.
    record FromConversation(UserId user, MemberMessage message) implements UserCommand {}

    /// The person is typing; those who may know are told.
    record Typing(UserId user, ConversationId conversation) implements UserCommand {}

    /// `watcher`'s session wants to hear of this user's presence, now and on each change; said again every 30
    /// s.
    record Watch(UserId user, UserId watcher, ReplyTo<Delivery> session) implements UserCommand {}

    /// The session does not want to hear of it any more.
    record Unwatch(UserId user, ReplyTo<Delivery> session) implements UserCommand {}

    /// Is the user online?
    record AskPresence(UserId user, UserId asker, ReplyTo<PresenceReply> replyTo) implements UserCommand {}

    /// The person's conversations, most recently known activity first.
    ///
    /// @param before continue after this place of an earlier answer
    record ListChats(
            UserId user, Optional<Instant> updatedAfter, Optional<Place> before, int limit, ReplyTo<ChatList> replyTo)
            implements UserCommand {}

    /// A place in the list of conversations.
    record Place(long atMillis, ConversationId conversation) {}

    /// What the person lets others know.
    record AskSettings(UserId user, ReplyTo<SettingsReply> replyTo) implements UserCommand {}

    /// Changes what is given, keeps the rest.
    record ChangeSettings(
            UserId user,
            Optional<Settings.Audience> lastSeen,
            Optional<Boolean> readReceipts,
            ReplyTo<SettingsReply> replyTo)
            implements UserCommand {}

    /// When each linked device was last seen.
    record AskDevices(UserId user, ReplyTo<DevicesReply> replyTo) implements UserCommand {}

    /// The person's keys have changed, and the devices should look at them.
    ///
    /// @param version rises with each change
    record KeysChanged(UserId user, long version) implements UserCommand {}

    /// A device has few key packages left, and should bring more.
    ///
    /// @param left how many
    record KeyPackagesLow(UserId user, DeviceId device, int left) implements UserCommand {}

    /// Time has passed.
    record Tick(UserId user) implements UserCommand {}

    // answers

    /// The inbox knows the devices.
    record DevicesNoted(UserId user, long version) implements ClusterMessage {}

    /// The cursors are durable.
    ///
    /// @param known whether the device is linked; otherwise nothing was done
    record CursorsStored(ConversationId conversation, boolean known) implements ClusterMessage {}

    /// Presence as the asker may see it; both absent where hidden.
    ///
    /// @param exists whether there is such a user
    record PresenceReply(UserId user, boolean exists, Optional<Boolean> online, Optional<Instant> lastSeen)
            implements ClusterMessage {}

    /// Part of the list of conversations.
    ///
    /// @param readReceipts whether the person sees what others have read
    record ChatList(List<Chat> chats, boolean more, boolean readReceipts) implements ClusterMessage {
        /// One conversation as the inbox knows it.
        public record Chat(ConversationId conversation, long head, long atMillis, long delivered, long read) {}
    }

    /// The settings as they are now.
    record SettingsReply(Settings settings) implements ClusterMessage {}

    /// When each linked device was last seen; absent if never.
    record DevicesReply(List<DeviceSeen> devices) implements ClusterMessage {
        /// One device.
        public record DeviceSeen(DeviceId device, boolean online, Optional<Instant> lastSeen) {}
    }
}
