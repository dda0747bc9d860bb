package io.parley.protocol;

import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The parts that frames and REST answers have in common, printed and read in one place.
public final class WireJson {
    private WireJson() {}

    /// One entry of a log as an object: `{"seq":…,"id":…,…}`.
    public static JsonPrinter entry(final JsonPrinter out, final WireEntry entry) {
        return entryMembers(out.object(), entry).end();
    }

    /// A page of history as the REST door gives it: `{"messages":[…],"head":17}`.
    public static String page(final List<WireEntry> messages, final long head) {
        return pageMembers(new JsonPrinter(256 * (messages.size() + 1)).object(), messages, head)
                .end()
                .toString();
    }

    /// What is known of a sent message, as the REST door gives it:
    /// `{"id":…,"conversation":…,"seq":17,"time":…}`.
    public static String sent(
            final MessageId id, final ConversationId conversation, final long seq, final Instant time) {
        return sentMembers(new JsonPrinter().object(), id, conversation, seq, time)
                .end()
                .toString();
    }

    /// A member's watermarks in a list that names the conversation elsewhere:
    /// `{"user":…,"delivered":17,"read":12}`.
    public static JsonPrinter receipt(
            final JsonPrinter out,
            final UserId user,
            final long delivered,
            final long read,
            final List<ServerFrame.Range> not) {
        return receiptMembers(out.object(), user, delivered, read, not).end();
    }

    /// Presence as the REST door gives it: `{"user":…,"online":…,"lastSeen":…}`, without what is hidden.
    public static String presence(final UserId user, final Optional<Boolean> online, final Optional<Instant> lastSeen) {
        return presenceMembers(new JsonPrinter().object(), user, online, lastSeen)
                .end()
                .toString();
    }

    static JsonPrinter entryMembers(final JsonPrinter out, final WireEntry entry) {
        out.member("seq", entry.seq());
        entry.id().ifPresent(id -> out.member("id", id.value()));
        entry.from().ifPresent(from -> out.member("from", from.value()));
        entry.device().ifPresent(device -> out.member("device", device.value()));
        entry.time().ifPresent(time -> out.member("time", time));
        mediaMember(out.member("body", entry.body()), entry.media());
        entry.client().ifPresent(client -> out.member("client", client));
        return out;
    }

    /// The uploads that a message carries, or nothing if there are none.
    static JsonPrinter mediaMember(final JsonPrinter out, final List<MediaId> media) {
        if (media.isEmpty()) {
            return out;
        }
        out.name("media").array();
        for (final var each : media) {
            out.value(each.value());
        }
        return out.endArray();
    }

    static JsonPrinter pageMembers(final JsonPrinter out, final List<WireEntry> messages, final long head) {
        out.name("messages").array();
        for (final var message : messages) {
            entry(out, message);
        }
        return out.endArray().member("head", head);
    }

    static JsonPrinter sentMembers(
            final JsonPrinter out,
            final MessageId id,
            final ConversationId conversation,
            final long seq,
            final Instant time) {
        return out.member("id", id.value())
                .member("conversation", conversation.value())
                .member("seq", seq)
                .member("time", time);
    }

    static JsonPrinter receiptMembers(
            final JsonPrinter out,
            final UserId user,
            final long delivered,
            final long read,
            final List<ServerFrame.Range> not) {
        out.member("user", user.value()).member("delivered", delivered).member("read", read);
        if (not.isEmpty()) {
            return out;
        }
        out.name("not").array();
        for (final var range : not) {
            out.array().value(range.first()).value(range.last()).endArray();
        }
        return out.endArray();
    }

    static JsonPrinter presenceMembers(
            final JsonPrinter out,
            final UserId user,
            final Optional<Boolean> online,
            final Optional<Instant> lastSeen) {
        out.member("user", user.value());
        online.ifPresent(yes -> out.member("online", yes));
        lastSeen.ifPresent(time -> out.member("lastSeen", time));
        return out;
    }

    static WireEntry readEntry(final Fields fields) throws FrameException {
        return new WireEntry(
                fields.requiredSeq("seq"),
                fields.optionalMessageId("id"),
                fields.optionalUserId("from"),
                fields.optionalDeviceId("device"),
                fields.optionalTime("time"),
                fields.requiredBodyOfAnyType("body"),
                fields.optionalAnyJson("client"),
                fields.mediaIds("media"));
    }
}
