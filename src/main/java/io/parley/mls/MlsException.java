package io.parley.mls;

import java.io.Serial;

/// Bytes that are not the MLS structure they are said to be, or one that RFC 9420 tells everybody to refuse.
/// The message says what is wrong and at which byte, never what was sent. Expected, so without a stack trace.
public final class MlsException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String message;
    private final int offset;

    MlsException(final String what, final int offset) {
        super(null, null, false, false);
        this.message = what + ", at byte " + offset;
        this.offset = offset;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /// The byte at which the trouble begins, counted from the first that was handed in.
    public int offset() {
        return offset;
    }
}
