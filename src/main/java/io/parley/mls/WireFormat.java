package io.parley.mls;

/// What an [MlsMessage] carries (§6, §17.2).
public enum WireFormat {
    MLS_PUBLIC_MESSAGE(1),
    MLS_PRIVATE_MESSAGE(2),
    MLS_WELCOME(3),
    MLS_GROUP_INFO(4),
    MLS_KEY_PACKAGE(5);

    private final int value;

    WireFormat(final int value) {
        this.value = value;
    }

    /// The number that stands for it on the wire.
    public int value() {
        return value;
    }

    /// Reads a message that must be of this kind, header and all.
    <T> T readMessage(final byte[] message, final int bytesMax, final MlsInput.Reading<T> structure)
            throws MlsException {
        return MlsInput.whole("MLSMessage", message, bytesMax, in -> {
            final int start = in.position();
            if (readHeader(in) != this) {
                throw new MlsException("wire_format: not " + value + " as it must be here", start + 2);
            }
            return structure.read(in);
        });
    }

    /// `version | wire_format`
    static WireFormat readHeader(final MlsInput in) throws MlsException {
        ProtocolVersion.read(in);
        final int start = in.position();
        return switch (in.uint16("wire_format")) {
            case 1 -> MLS_PUBLIC_MESSAGE;
            case 2 -> MLS_PRIVATE_MESSAGE;
            case 3 -> MLS_WELCOME;
            case 4 -> MLS_GROUP_INFO;
            case 5 -> MLS_KEY_PACKAGE;
            default -> throw new MlsException("wire_format: unknown", start);
        };
    }
}
