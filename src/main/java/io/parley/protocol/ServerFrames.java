package io.parley.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// From members to the frame a server meant, and back to JSON.
final class ServerFrames {
    private ServerFrames() {}

    static ServerFrame read(final Fields fields) throws FrameException {
        return switch (fields.frameType()) {
            case "welcome" -> welcome(fields);
            case "message" ->
                new ServerFrame.Message(fields.requiredConversationId("conversation"), WireJson.readEntry(fields));
            case "caught-up" -> new ServerFrame.CaughtUp();
            case "sent" ->
                new ServerFrame.Sent(
                        fields.requiredMessageId("id"),
                        fields.requiredConversationId("conversation"),
                        fields.requiredSeq("seq"),
                        fields.requiredTime("time"),
                        fields.ref());
            case "receipt" ->
                new ServerFrame.Receipt(
                        fields.requiredConversationId("conversation"),
                        fields.requiredUserId("user"),
                        count(fields, "delivered"),
                        count(fields, "read"),
                        fields.ranges("not"),
                        fields.ref());
            case "receipts-end" -> new ServerFrame.ReceiptsEnd(fields.ref());
            case "page" -> page(fields);
            case "presence" ->
                new ServerFrame.Presence(
                        fields.requiredUserId("user"),
                        fields.optionalBoolean("online"),
                        fields.optionalTime("lastSeen"),
                        fields.ref());
            case "typing" ->
                new ServerFrame.Typing(fields.requiredConversationId("conversation"), fields.requiredUserId("user"));
            case "keys" -> new ServerFrame.Keys(fields.requiredUserId("user"), count(fields, "version"));
            case "key-packages" -> new ServerFrame.KeyPackages(number(fields, "left"));
            case "heartbeat" -> new ServerFrame.Heartbeat(fields.requiredTime("time"), fields.ref());
            case "error" -> refusal(fields);
            case "bye" ->
                new ServerFrame.Bye(
                        fields.requiredString("reason"), Duration.ofMillis(count(fields, "reconnectAfterMillis")));
            default -> throw new FrameException(ErrorCode.UNKNOWN_TYPE, "'type' is none that a server sends");
        };
    }

    static String print(final ServerFrame frame) {
        final var out = new JsonPrinter().object();
        switch (frame) {
            case final ServerFrame.Welcome welcome -> print(welcome, out);
            case ServerFrame.Message(final var conversation, final var entry) ->
                WireJson.entryMembers(
                        out.member("type", "message").member("conversation", conversation.value()), entry);
            case ServerFrame.CaughtUp() -> out.member("type", "caught-up");
            case ServerFrame.Sent(
                    final var id,
                    final var conversation,
                    final long seq,
                    final var time,
                    final var ref) ->
                WireJson.sentMembers(out.member("type", "sent"), id, conversation, seq, time)
                        .member("ref", ref);
            case final ServerFrame.Receipt receipt ->
                WireJson.receiptMembers(
                                out.member("type", "receipt")
                                        .member(
                                                "conversation",
                                                receipt.conversation().value()),
                                receipt.user(),
                                receipt.delivered(),
                                receipt.read(),
                                receipt.not())
                        .member("ref", receipt.ref());
            case ServerFrame.ReceiptsEnd(final var ref) ->
                out.member("type", "receipts-end").member("ref", ref);
            case ServerFrame.Page(final var conversation, final var messages, final long head, final var ref) ->
                WireJson.pageMembers(
                                out.member("type", "page").member("conversation", conversation.value()), messages, head)
                        .member("ref", ref);
            case ServerFrame.Presence(final var user, final var online, final var lastSeen, final var ref) ->
                WireJson.presenceMembers(out.member("type", "presence"), user, online, lastSeen)
                        .member("ref", ref);
            case ServerFrame.Typing(final var conversation, final var user) ->
                out.member("type", "typing")
                        .member("conversation", conversation.value())
                        .member("user", user.value());
            case ServerFrame.Keys(final var user, final long version) ->
                out.member("type", "keys").member("user", user.value()).member("version", version);
            case ServerFrame.KeyPackages(final int left) ->
                out.member("type", "key-packages").member("left", left);
            case ServerFrame.Heartbeat(final var time, final var ref) ->
                out.member("type", "heartbeat").member("time", time).member("ref", ref);
            case final ServerFrame.Refusal refusal -> print(refusal, out);
            case ServerFrame.Bye(final var reason, final var reconnectAfter) ->
                out.member("type", "bye")
                        .member("reason", reason)
                        .member("reconnectAfterMillis", reconnectAfter.toMillis());
        }
        return out.end().toString();
    }

    private static ServerFrame welcome(final Fields fields) throws FrameException {
        return new ServerFrame.Welcome(
                fields.requiredUserId("user"),
                fields.requiredString("uid"),
                fields.requiredDeviceId("device"),
                number(fields, "heartbeatSeconds"),
                limits(fields.requiredObject("limits")),
                fields.optionalString("encryption").flatMap(EncryptionPolicy::of),
                fields.requiredTime("time"),
                fields.ref());
    }

    private static Limits limits(final Fields fields) throws FrameException {
        return new Limits(
                number(fields, "frameBytes"),
                number(fields, "bodyBytes"),
                number(fields, "textCharacters"),
                number(fields, "pageEntries"),
                number(fields, "window"),
                number(fields, "watch"),
                number(fields, "inFlight"),
                number(fields, "messagesPerSecond"),
                number(fields, "burst"));
    }

    private static ServerFrame page(final Fields fields) throws FrameException {
        final var messages = new ArrayList<WireEntry>();
        for (final var entry : fields.requiredObjects("messages")) {
            messages.add(WireJson.readEntry(entry));
        }
        return new ServerFrame.Page(
                fields.requiredConversationId("conversation"),
                List.copyOf(messages),
                count(fields, "head"),
                fields.ref());
    }

    private static ServerFrame refusal(final Fields fields) throws FrameException {
        final var retryAfter = fields.optionalInteger("retryAfterSeconds", 0, Integer.MAX_VALUE);
        return new ServerFrame.Refusal(
                ErrorCode.of(fields.requiredString("code"))
                        .orElseThrow(() -> new FrameException(ErrorCode.INVALID, "'code' is no error code")),
                fields.requiredString("message"),
                fields.ref(),
                fields.optionalString("id"),
                fields.optionalString("conversation"),
                retryAfter.isPresent() ? OptionalInt.of((int) retryAfter.getAsLong()) : OptionalInt.empty(),
                groupAt(fields));
    }

    private static Optional<GroupAt> groupAt(final Fields fields) throws FrameException {
        final var epoch = fields.optionalInteger("epoch", 0, Fields.INTEGER_MAX);
        final var seq = fields.optionalInteger("seq", 0, Fields.INTEGER_MAX);
        return seq.isPresent() ? Optional.of(new GroupAt(epoch, seq.getAsLong())) : Optional.empty();
    }

    private static void print(final ServerFrame.Welcome welcome, final JsonPrinter out) {
        final var limits = welcome.limits();
        out.member("type", "welcome")
                .member("user", welcome.user().value())
                .member("uid", welcome.uid())
                .member("device", welcome.device().value())
                .member("heartbeatSeconds", welcome.heartbeatSeconds())
                .name("limits")
                .object()
                .member("frameBytes", limits.frameBytes())
                .member("bodyBytes", limits.bodyBytes())
                .member("textCharacters", limits.textCharacters())
                .member("pageEntries", limits.pageEntries())
                .member("window", limits.window())
                .member("watch", limits.watch())
                .member("inFlight", limits.inFlight())
                .member("messagesPerSecond", limits.messagesPerSecond())
                .member("burst", limits.burst())
                .end()
                .member("encryption", welcome.encryption().map(EncryptionPolicy::wire))
                .member("time", welcome.time())
                .member("ref", welcome.ref());
    }

    private static void print(final ServerFrame.Refusal refusal, final JsonPrinter out) {
        out.member("type", "error")
                .member("code", refusal.code().wire())
                .member("message", refusal.message())
                .member("id", refusal.id())
                .member("conversation", refusal.conversation());
        if (refusal.retryAfterSeconds().isPresent()) {
            out.member("retryAfterSeconds", refusal.retryAfterSeconds().getAsInt());
        }
        refusal.group().ifPresent(group -> group.printTo(out));
        out.member("ref", refusal.ref());
    }

    private static int number(final Fields fields, final String name) throws FrameException {
        return (int) fields.requiredInteger(name, 0, Integer.MAX_VALUE);
    }

    private static long count(final Fields fields, final String name) throws FrameException {
        return fields.requiredInteger(name, 0, Fields.INTEGER_MAX);
    }
}
