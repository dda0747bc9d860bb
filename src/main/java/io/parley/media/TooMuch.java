package io.parley.media;

/// More bytes came than were promised. Ends the stream that brings them; no stack, since it says nothing about
/// the program.
final class TooMuch extends RuntimeException {
    @java.io.Serial
    private static final long serialVersionUID = 1L;

    TooMuch() {
        super("more bytes than promised", null, false, false);
    }
}
