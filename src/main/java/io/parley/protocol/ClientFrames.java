package io.parley.protocol;

import java.util.List;

/// From members to the frame a client meant, and back to JSON.
final class ClientFrames {
    private static final int RECEIPTS_CONVERSATIONS_MAX = 100;

    private ClientFrames() {}

    static ClientFrame read(final Fields fields) throws FrameException {
        return switch (fields.frameType()) {
            case "hello" -> new ClientFrame.Hello(fields.requiredString("token"), fields.ref());
            case "heartbeat" -> new ClientFrame.Heartbeat(fields.ref());
            case "send" -> send(fields);
            case "delivered" ->
                new ClientFrame.Delivered(conversation(fields), fields.requiredSeq("seq"), fields.ref());
            case "read" -> new ClientFrame.Read(conversation(fields), fields.requiredSeq("seq"), fields.ref());
            case "pull" -> new ClientFrame.Pull(conversation(fields), fields.pageRequest(), fields.ref());
            case "receipts" ->
                new ClientFrame.Receipts(
                        fields.requiredStrings("conversations", RECEIPTS_CONVERSATIONS_MAX), fields.ref());
            case "typing" -> new ClientFrame.Typing(conversation(fields), fields.ref());
            case "watch" -> new ClientFrame.Watch(fields.requiredStrings("users", Limits.V1.watch()), fields.ref());
            case "unwatch" -> new ClientFrame.Unwatch(fields.requiredStrings("users", Limits.V1.watch()), fields.ref());
            default ->
                throw new FrameException(
                        ErrorCode.UNKNOWN_TYPE,
                        "'type' is none that a client sends: give hello, heartbeat, send, delivered, read, pull,"
                                + " receipts, typing, watch or unwatch");
        };
    }

    static String print(final ClientFrame frame) {
        final var out = new JsonPrinter().object();
        switch (frame) {
            case final ClientFrame.Hello hello -> out.member("type", "hello").member("token", hello.token());
            case ClientFrame.Heartbeat _ -> out.member("type", "heartbeat");
            case final ClientFrame.Send send -> print(send, out);
            case final ClientFrame.Delivered delivered ->
                out.member("type", "delivered")
                        .member("conversation", delivered.conversation())
                        .member("seq", delivered.seq());
            case final ClientFrame.Read read ->
                out.member("type", "read")
                        .member("conversation", read.conversation())
                        .member("seq", read.seq());
            case final ClientFrame.Pull pull -> print(pull, out);
            case final ClientFrame.Receipts receipts ->
                strings(out.member("type", "receipts").name("conversations"), receipts.conversations());
            case final ClientFrame.Typing typing ->
                out.member("type", "typing").member("conversation", typing.conversation());
            case final ClientFrame.Watch watch ->
                strings(out.member("type", "watch").name("users"), watch.users());
            case final ClientFrame.Unwatch unwatch ->
                strings(out.member("type", "unwatch").name("users"), unwatch.users());
        }
        return out.member("ref", frame.ref()).end().toString();
    }

    private static ClientFrame send(final Fields fields) throws FrameException {
        final var id = fields.requiredMessageId("id");
        final var target = fields.requiredTarget();
        final var content = fields.requiredContent();
        return new ClientFrame.Send(
                id,
                target,
                content.body(),
                content.media(),
                fields.optionalInteger("after", 0, Fields.INTEGER_MAX),
                fields.ref());
    }

    private static String conversation(final Fields fields) throws FrameException {
        return fields.requiredString("conversation");
    }

    private static void print(final ClientFrame.Send send, final JsonPrinter out) {
        out.member("type", "send").member("id", send.id().value());
        switch (send.target()) {
            case Target.User(final var user) -> out.member("to", user);
            case Target.Conversation(final var conversation) -> out.member("conversation", conversation);
        }
        WireJson.mediaMember(out.member("body", send.body().json()), send.media());
        if (send.after().isPresent()) {
            out.member("after", send.after().getAsLong());
        }
    }

    private static void print(final ClientFrame.Pull pull, final JsonPrinter out) {
        out.member("type", "pull").member("conversation", pull.conversation());
        switch (pull.page()) {
            case PageRequest.After(final long seq, final int _) -> out.member("after", seq);
            case PageRequest.Before(final long seq, final int _) -> out.member("before", seq);
            case PageRequest.Newest _ -> {}
        }
        out.member("limit", pull.page().limit());
    }

    private static void strings(final JsonPrinter out, final List<String> strings) {
        out.array();
        strings.forEach(out::value);
        out.endArray();
    }
}
