package io.parley.protocol;

/// Text frames to [ClientFrame] and [ServerFrame] and back. Stateless; safe from any thread.
public final class FrameCodec {
    private FrameCodec() {}

    /// Reads a frame that a client sent.
    ///
    /// @throws FrameException `bad-frame` if it is not one JSON object with a `type`, `unknown-type`, or
    ///     `invalid` or `too-large` with what to send instead; with the `ref`, `id` and `conversation` of the
    ///     frame as far as they could be read
    public static ClientFrame readClient(final String text) throws FrameException {
        final var fields = new Fields();
        try {
            StrictJson.readFromClient(text, fields);
            return ClientFrames.read(fields);
        } catch (final FrameException refused) {
            throw fields.answering(refused);
        }
    }

    /// Reads a frame that a server sent; its bodies may be of any type.
    ///
    /// @throws FrameException as above; a client does well to skip what is `unknown-type`
    public static ServerFrame readServer(final String text) throws FrameException {
        final var fields = new Fields();
        try {
            StrictJson.readFromServer(text, fields);
            return ServerFrames.read(fields);
        } catch (final FrameException refused) {
            throw fields.answering(refused);
        }
    }

    /// Prints a frame for a server: one compact JSON object, `type` first.
    public static String print(final ClientFrame frame) {
        return ClientFrames.print(frame);
    }

    /// Prints a frame for a client: one compact JSON object, `type` first.
    public static String print(final ServerFrame frame) {
        return ServerFrames.print(frame);
    }
}
