package io.parley.history;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Something that a client did or saw. A history is a list of these, and the order of the list is the order of
/// happening: what a client does is recorded **before** the frame leaves it, what it sees is recorded when the
/// frame has come, in the order of the frames of its connection and before anything it does because of it. Then
/// whatever is caused by something stands behind it, whichever threads recorded the two. A client has one
/// connection at a time: what an older one still brings is not recorded after the next [Connected].
///
/// The type names are frozen: stored histories stay readable.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Event.Linked.class, name = "linked"),
    @JsonSubTypes.Type(value = Event.Connected.class, name = "up"),
    @JsonSubTypes.Type(value = Event.CaughtUp.class, name = "caught"),
    @JsonSubTypes.Type(value = Event.Disconnected.class, name = "down"),
    @JsonSubTypes.Type(value = Event.SendCall.class, name = "send"),
    @JsonSubTypes.Type(value = Event.SendOk.class, name = "ok"),
    @JsonSubTypes.Type(value = Event.SendRefused.class, name = "no"),
    @JsonSubTypes.Type(value = Event.Received.class, name = "got"),
    @JsonSubTypes.Type(value = Event.AckCall.class, name = "ack"),
    @JsonSubTypes.Type(value = Event.ReadCall.class, name = "read"),
    @JsonSubTypes.Type(value = Event.Receipt.class, name = "tick"),
    @JsonSubTypes.Type(value = Event.Presence.class, name = "seen"),
    @JsonSubTypes.Type(value = Event.Fault.class, name = "fault"),
    @JsonSubTypes.Type(value = Event.WallClock.class, name = "clock"),
    @JsonSubTypes.Type(value = Event.FinalLog.class, name = "log"),
    @JsonSubTypes.Type(value = Event.FinalUnread.class, name = "unread")
})
public sealed interface Event {
    /// Nanoseconds of the harness's one monotonic clock.
    long at();

    /// `user/device`; empty where it is nobody's.
    String client();

    /// What a client is called here.
    static String client(final String user, final String device) {
        return user + "/" + device;
    }

    /// The device of this client exists from here on. Comes before anything else of it. What every linked
    /// device must have received in the end is judged by this.
    record Linked(long at, String client, String user, String device) implements Event {}

    /// `welcome` came from a node.
    record Connected(long at, String client, String node) implements Event {}

    /// `caught-up` came.
    record CaughtUp(long at, String client) implements Event {}

    /// The connection has ended, by whichever side; 1006: without a close.
    record Disconnected(long at, String client, int closeCode) implements Event {}

    /// A message is about to be sent over the connection, each attempt of it anew, always under the same `id`.
    /// Who sends through REST does so under a client of its own, which never connects.
    ///
    /// @param after the frame's `after`
    record SendCall(long at, String client, String id, String conversation, String text, OptionalLong after)
            implements Event {}

    /// `sent` came.
    record SendOk(long at, String client, String id, String conversation, long seq, Instant time) implements Event {}

    /// An `error` came for a message. What was refused as `unavailable` may be stored all the same when an
    /// earlier or later attempt was; any other code says that this attempt stored nothing.
    record SendRefused(long at, String client, String id, String conversation, String code) implements Event {}

    /// `message` came, each as it came on the wire, repeated ones too.
    ///
    /// @param from   the user who sent it
    /// @param device the device it was sent from
    record Received(
            long at, String client, String conversation, long seq, String id, String from, String device, String text)
            implements Event {}

    /// `delivered` is about to be said.
    record AckCall(long at, String client, String conversation, long seq) implements Event {}

    /// `read` is about to be said.
    record ReadCall(long at, String client, String conversation, long seq) implements Event {}

    /// `receipt` came by itself, as on the wire. One that answers a `receipts` (it has a `ref`) is not
    /// recorded: it may have been overtaken on its way.
    record Receipt(long at, String client, String conversation, String user, long delivered, long read)
            implements Event {}

    /// `presence` came.
    record Presence(long at, String client, String user, Optional<Boolean> online, Optional<Instant> lastSeen)
            implements Event {}

    /// A fault begins or ends; one of each name at a time.
    record Fault(long at, String client, String name, Phase phase) implements Event {
        public Fault(final long at, final String name, final Phase phase) {
            this(at, "", name, phase);
        }
    }

    /// Of a fault.
    enum Phase {
        @JsonProperty("begin")
        BEGIN,
        @JsonProperty("end")
        END
    }

    /// What the wall clock said at some moment: one at the beginning is enough. Without it I7 is not judged.
    record WallClock(long at, String client, Instant wall) implements Event {
        public WallClock(final long at, final Instant wall) {
            this(at, "", wall);
        }
    }

    /// The whole log of a conversation as a member read it, page by page, when all was quiet.
    record FinalLog(long at, String client, String conversation, List<Entry> entries) implements Event {}

    /// A line of a final log.
    record Entry(long seq, String id, String from, String device, String text) {}

    /// A line of the member's list of conversations, when all was quiet.
    record FinalUnread(long at, String client, String conversation, long unread, long readCursor, long delivered)
            implements Event {}
}
