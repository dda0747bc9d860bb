package io.parley.protocol;

/// The limits a client is told in `welcome`.
///
/// @param frameBytes        largest frame in UTF-8 bytes; a larger one closes with 1009
/// @param bodyBytes         largest `body` in bytes of compact JSON; a larger one is `too-large`
/// @param textCharacters    most Unicode code points in the `text` of a text body
/// @param pageEntries       most entries in one page
/// @param window            most messages pushed to a device that it has not acknowledged
/// @param watch             most users one socket may watch
/// @param inFlight          most unanswered sends of one socket
/// @param messagesPerSecond sends per second that are never `rate-limited`
/// @param burst             sends that may come at once after a quiet time
public record Limits(
        int frameBytes,
        int bodyBytes,
        int textCharacters,
        int pageEntries,
        int window,
        int watch,
        int inFlight,
        int messagesPerSecond,
        int burst) {
    /// The limits of `parley.v1`.
    public static final Limits V1 = new Limits(65_536, 32_768, 4_096, 200, 500, 200, 100, 20, 200);
}
