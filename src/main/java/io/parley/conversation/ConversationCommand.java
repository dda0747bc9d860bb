package io.parley.conversation;

import io.parley.cluster.ReplyTo;
import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.content.MlsFraming;
import io.parley.content.Octets;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.serialization.ClusterMessage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What a conversation can be told. Each names its addressee; an entity refuses what is not its own.
public sealed interface ConversationCommand extends ClusterMessage {
    ConversationId conversation();

    /// Something to be appended, or recognised as what is there already.
    sealed interface Submission extends ConversationCommand permits Post, Commit {
        UserId author();

        DeviceId device();

        MessageId id();

        /// The highest `seq` the sender knew when it first tried; with it a resend is found however old.
        OptionalLong after();

        ReplyTo<PostReply> replyTo();
    }

    /// Append a message, or recognise it as one that is there already.
    ///
    /// @param after the highest `seq` the sender knew when it first tried; with it a resend is found however
    /// old
    /// @param media the uploads it carries
    record Post(
            ConversationId conversation,
            UserId author,
            DeviceId device,
            MessageId id,
            Body body,
            Optional<JsonText> client,
            List<MediaId> media,
            OptionalLong after,
            ReplyTo<PostReply> replyTo)
            implements Submission {
        @SuppressWarnings("NullAway") // nodes from before there were uploads do not say it
        public Post {
            media = media == null ? List.of() : List.copyOf(media);
        }
    }

    /// Append a commit, which changes the conversation's MLS group and begins an epoch. Recognised as a resend
    /// like any message.
    ///
    /// @param message   the commit, an MLS PublicMessage
    /// @param files     what goes with it
    /// @param uploaded  whether all of that is there; otherwise only a resend is accepted
    /// @param eligible  the devices of all members that are linked and approved now: nobody else may come in
    /// @param replaces  the group and epoch that it puts an end to, where the commit is a new group's first
    record Commit(
            ConversationId conversation,
            UserId author,
            DeviceId device,
            MessageId id,
            Octets message,
            CommitFiles files,
            boolean uploaded,
            List<Eligible> eligible,
            Optional<MlsFraming> replaces,
            OptionalLong after,
            ReplyTo<PostReply> replyTo)
            implements Submission {
        public Commit {
            eligible = List.copyOf(eligible);
        }
    }

    /// What goes with a commit, by SHA-256.
    ///
    /// @param welcome for those who are added
    /// @param tree    if it is not in the GroupInfo
    record CommitFiles(Optional<Octets> welcome, Octets groupInfo, Optional<Octets> tree) {}

    /// A device that may be in the group.
    ///
    /// @param identity     what its credential must say
    /// @param signatureKey what it must sign with
    record Eligible(UserId user, DeviceId device, Octets identity, Octets signatureKey) {}

    /// Read a page of the log.
    ///
    /// @param device the reader's that asks, if it is one: it may be outside the group
    /// @param tag    comes back in the answer
    record ReadPage(
            ConversationId conversation,
            UserId reader,
            Optional<DeviceId> device,
            PageQuery query,
            long tag,
            ReplyTo<PageReply> replyTo)
            implements ConversationCommand {}

    /// In which state the MLS group is, for one of its members' devices.
    record AskGroup(ConversationId conversation, UserId reader, ReplyTo<GroupReply> replyTo)
            implements ConversationCommand {}

    /// What a list of conversations shows of this one.
    ///
    /// @param device the reader's that asks, if it is one: it may be outside the group
    /// @param read   the reader's own read cursor
    record Summarise(
            ConversationId conversation,
            UserId reader,
            Optional<DeviceId> device,
            long read,
            long tag,
            ReplyTo<SummaryReply> replyTo)
            implements ConversationCommand {}

    /// `member` is typing; members who are online are told.
    record Typing(ConversationId conversation, UserId member) implements ConversationCommand {}

    /// The member's user durably has this conversation as open. Counts only for the period that is awaited.
    ///
    /// @param attachedSince as in [Probe], if a device of the member is attached
    record Noted(ConversationId conversation, Nonce period, OptionalLong attachedSince, Watermark reached)
            implements ConversationCommand {}

    /// There is no such user.
    ///
    /// @param period what was asked with: a note's period or a question's nonce
    record Refused(ConversationId conversation, UserId member, Nonce period) implements ConversationCommand {}

    /// A device of the member is attached, and this is how far the member is durably known to have come.
    /// Answered by [MemberMessage.Status]; marks the member online before the head is read, so that nothing
    /// falls between.
    ///
    /// @param attachedSince when the member came online, in the user's own count, in which a later time is
    ///     larger: tells which [Detach] is about it
    /// @param tag           comes back in the answer, so that the asker knows that the head was read after it
    /// asked
    record Probe(ConversationId conversation, Watermark reached, long attachedSince, long tag)
            implements ConversationCommand {}

    /// Every linked device of the member has everything up to `delivered`: may the inbox forget the
    /// conversation?
    record Settle(
            ConversationId conversation, Watermark reached, long delivered, Nonce nonce, OptionalLong attachedSince)
            implements ConversationCommand {}

    /// No device of the member is attached any more. Nothing else takes the mark away, and this only if the
    /// member has not come online again since.
    ///
    /// @param attachedSince when the member last came online, as in [Probe]
    record Detach(ConversationId conversation, UserId member, long attachedSince) implements ConversationCommand {}

    /// The member has durably come this far. Repeated until [MemberMessage.ReachedNoted].
    ///
    /// @param attachedSince as in [Probe], if a device of the member is attached
    /// @param answering     the question this answers ([MemberMessage.AskReached]), if it answers one
    record Reached(
            ConversationId conversation, Watermark reached, OptionalLong attachedSince, Optional<Nonce> answering)
            implements ConversationCommand {}

    /// The member's user has passed on the receipt to whoever is attached.
    record ReceiptNoted(ConversationId conversation, UserId member, Watermark of) implements ConversationCommand {}

    /// Append what waits and may go. From the entity to itself, so that what comes meanwhile goes along in one
    /// write.
    record Append(ConversationId conversation) implements ConversationCommand {}

    /// What the log said about a message that may have been sent long ago.
    ///
    /// @param found   where it stands, if it does
    /// @param failed  the log could not be read
    record LookedUp(
            ConversationId conversation,
            UserId author,
            MessageId id,
            Optional<Found> found,
            long entriesRead,
            boolean failed)
            implements ConversationCommand {}

    /// Where a message stands in the log.
    record Found(long seq, Instant time) {}

    /// What became of binding a message's uploads to it. Neither missing nor taken nor failed: they are bound.
    ///
    /// @param media   those that were to be bound
    /// @param missing one that is not there, or may not be used here
    /// @param taken   one that belongs to another message
    /// @param failed  it is not known whether they are bound
    record MediaBound(
            ConversationId conversation,
            UserId author,
            MessageId id,
            List<MediaId> media,
            Optional<MediaId> missing,
            Optional<MediaId> taken,
            boolean failed)
            implements ConversationCommand {
        public MediaBound {
            media = List.copyOf(media);
        }
    }

    /// Time has passed.
    record Tick(ConversationId conversation) implements ConversationCommand {}
}
