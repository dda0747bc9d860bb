package io.parley.mls;

/// What is inside a framed message (§6).
public enum ContentType {
    APPLICATION(1),
    PROPOSAL(2),
    COMMIT(3);

    private final int value;

    ContentType(final int value) {
        this.value = value;
    }

    /// The number that stands for it on the wire.
    public int value() {
        return value;
    }

    static ContentType read(final MlsInput in) throws MlsException {
        final int start = in.position();
        return switch (in.uint8("content_type")) {
            case 1 -> APPLICATION;
            case 2 -> PROPOSAL;
            case 3 -> COMMIT;
            default -> throw new MlsException("content_type: unknown", start);
        };
    }
}
