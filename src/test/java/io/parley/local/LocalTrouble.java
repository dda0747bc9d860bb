package io.parley.local;

/// Something on this machine is not as it has to be; the message is a sentence for who can put it right.
public final class LocalTrouble extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LocalTrouble(final String sentence) {
        super(sentence);
    }

    public LocalTrouble(final String sentence, final Throwable cause) {
        super(sentence, cause);
    }
}
