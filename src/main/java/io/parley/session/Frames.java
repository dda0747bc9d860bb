package io.parley.session;

import io.parley.conversation.Encryption;
import io.parley.conversation.Entry;
import io.parley.conversation.PageQuery;
import io.parley.conversation.PostReply;
import io.parley.id.UserId;
import io.parley.protocol.EncryptionPolicy;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.GroupAt;
import io.parley.protocol.PageRequest;
import io.parley.protocol.WireEntry;
import java.util.List;
import java.util.Optional;

/// From what entities say to what stands on the wire, and back: by hand, and here only. Both doors use it.
public final class Frames {
    private Frames() {}

    /// The entry as `reader` may see it: client metadata goes to its sender only.
    public static WireEntry toWire(final Entry entry, final UserId reader) {
        return new WireEntry(
                entry.seq(),
                Optional.of(entry.id()),
                Optional.of(entry.author()),
                Optional.of(entry.device()),
                Optional.of(entry.time()),
                entry.body(),
                entry.author().equals(reader) ? entry.client() : Optional.empty(),
                entry.media());
    }

    /// The entries as `reader` may see them.
    public static List<WireEntry> toWire(final List<Entry> entries, final UserId reader) {
        return entries.stream().map(entry -> toWire(entry, reader)).toList();
    }

    /// What a page request asks of a conversation.
    public static PageQuery toQuery(final PageRequest request) {
        return switch (request) {
            case PageRequest.After(final long seq, final int limit) -> new PageQuery.After(seq, limit);
            case PageRequest.Before(final long seq, final int limit) -> new PageQuery.Before(seq, limit);
            case PageRequest.Newest(final int limit) -> new PageQuery.Newest(limit);
        };
    }

    /// Why a message was not taken.
    ///
    /// @param code    the protocol's word
    /// @param message for people
    /// @param group   where the conversation's group stands, if the sender thought it elsewhere
    public record Refused(ErrorCode code, String message, Optional<GroupAt> group) {
        Refused(final ErrorCode code, final String message) {
            this(code, message, Optional.empty());
        }
    }

    /// The refusal in an answer to a post; empty if it was accepted.
    public static Optional<Refused> refusal(final PostReply reply) {
        return switch (reply) {
            case PostReply.Accepted _ -> Optional.empty();
            case PostReply.UnknownUser unknown -> Optional.of(unknownUser(unknown.user()));
            case PostReply.NotAMember _ -> Optional.of(notFound());
            case PostReply.OtherState other ->
                Optional.of(new Refused(
                        ErrorCode.CONFLICT, other.why(), Optional.of(new GroupAt(other.epoch(), other.seq()))));
            case PostReply.NotAllowed refused -> Optional.of(new Refused(ErrorCode.FORBIDDEN, refused.why()));
            case PostReply.Wrong wrong -> Optional.of(new Refused(ErrorCode.INVALID, wrong.why()));
            case PostReply.Unavailable unavailable ->
                Optional.of(new Refused(
                        ErrorCode.UNAVAILABLE,
                        "not stored: " + unavailable.why() + "; send it again with the same id"));
        };
    }

    /// The operator's setting as clients are told it.
    public static EncryptionPolicy toWire(final Encryption encryption) {
        return switch (encryption) {
            case REQUIRED -> EncryptionPolicy.REQUIRED;
            case DEFAULT -> EncryptionPolicy.DEFAULT;
            case OFF -> EncryptionPolicy.OFF;
        };
    }

    /// There is no such user.
    public static Refused unknownUser(final UserId user) {
        return new Refused(ErrorCode.UNKNOWN_USER, "there is no user " + user);
    }

    /// There is no such conversation, or it is not the asker's.
    public static Refused notFound() {
        return new Refused(ErrorCode.NOT_FOUND, "there is no such conversation of yours");
    }

    /// Nothing was decided.
    public static Refused unavailable() {
        return new Refused(ErrorCode.UNAVAILABLE, "this cannot be answered now; try again");
    }
}
