package io.parley.mls;

/// An encrypted message; what the delivery service may know of it stands in front (§6.3).
///
/// @param epoch unsigned, as on the wire: what is 2^63 or more is negative
public record PrivateMessage(
        Opaque groupId,
        long epoch,
        ContentType contentType,
        Opaque authenticatedData,
        Opaque encryptedSenderData,
        Opaque ciphertext)
        implements MlsMessage {

    /// Reads the message with its header.
    ///
    /// @param bytesMax the most bytes it may have
    /// @throws MlsException if it is anything else
    public static PrivateMessage readMessage(final byte[] message, final int bytesMax) throws MlsException {
        return WireFormat.MLS_PRIVATE_MESSAGE.readMessage(message, bytesMax, PrivateMessage::read);
    }

    static PrivateMessage read(final MlsInput in) throws MlsException {
        return new PrivateMessage(
                in.opaque("group_id"),
                in.uint64("epoch"),
                ContentType.read(in),
                in.opaque("authenticated_data"),
                in.opaque("encrypted_sender_data"),
                in.opaque("ciphertext"));
    }
}
