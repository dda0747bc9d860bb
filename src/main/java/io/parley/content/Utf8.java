package io.parley.content;

/// The size of a text on the wire and in the store, without encoding it.
public final class Utf8 {
    /// The text has a surrogate without its other half: there is no UTF-8 for it.
    public static final int NOT_ENCODABLE = -1;

    private Utf8() {}

    /// How many bytes `text` takes, or [#NOT_ENCODABLE].
    public static int length(final String text) {
        int bytes = text.length();
        for (int at = 0; at < text.length(); at++) {
            final char c = text.charAt(at);
            if (c < 0x80) {
                continue;
            }
            bytes++; // two at least
            if (c < 0x800) {
                continue;
            }
            bytes++;
            if (Character.isSurrogate(c)) {
                final boolean isPair = Character.isHighSurrogate(c)
                        && at + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(at + 1));
                if (!isPair) {
                    return NOT_ENCODABLE;
                }
                at++; // four for the pair: two characters and the two counted here
            }
        }
        return bytes;
    }
}
