package io.parley.protocol;

import java.io.Serial;
import java.util.Optional;
import java.util.OptionalInt;

/// A frame or request body that cannot be taken; carries what its `error` answer needs. Expected, so without a
/// stack trace.
public final class FrameException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient ServerFrame.Refusal error;

    public FrameException(final ServerFrame.Refusal error) {
        super(error.code().wire() + ": " + error.message(), null, false, false);
        this.error = error;
    }

    public FrameException(final ErrorCode code, final String message) {
        this(new ServerFrame.Refusal(
                code, message, Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty()));
    }

    /// The answer.
    public ServerFrame.Refusal error() {
        return error;
    }
}
