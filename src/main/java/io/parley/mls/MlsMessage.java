package io.parley.mls;

/// A message as it travels: `version u16 | wire_format u16` and one of five structures (§6).
public sealed interface MlsMessage permits PublicMessage, PrivateMessage, Welcome, GroupInfo, KeyPackage {
    /// Reads whatever message this is.
    ///
    /// @param bytesMax the most bytes it may have; public messages and key packages have bounds of their own
    /// @throws MlsException if it is none, or longer, or anything follows it
    static MlsMessage read(final byte[] message, final int bytesMax) throws MlsException {
        return MlsInput.whole("MLSMessage", message, bytesMax, in -> switch (WireFormat.readHeader(in)) {
            case MLS_PUBLIC_MESSAGE -> PublicMessage.read(in);
            case MLS_PRIVATE_MESSAGE -> PrivateMessage.read(in);
            case MLS_WELCOME -> Welcome.read(in);
            case MLS_GROUP_INFO -> GroupInfo.read(in);
            case MLS_KEY_PACKAGE -> KeyPackage.read(in);
        });
    }

    /// What kind of message it is.
    default WireFormat wireFormat() {
        return switch (this) {
            case PublicMessage _ -> WireFormat.MLS_PUBLIC_MESSAGE;
            case PrivateMessage _ -> WireFormat.MLS_PRIVATE_MESSAGE;
            case Welcome _ -> WireFormat.MLS_WELCOME;
            case GroupInfo _ -> WireFormat.MLS_GROUP_INFO;
            case KeyPackage _ -> WireFormat.MLS_KEY_PACKAGE;
        };
    }
}
