package io.parley.mls;

import java.util.List;

/// What those who are added need to take part (§12.4.3.1).
///
/// @param cipherSuite any number
/// @param secrets one for each of them
public record Welcome(int cipherSuite, List<EncryptedGroupSecrets> secrets, Opaque encryptedGroupInfo)
        implements MlsMessage {
    /// Reads the message with its header.
    ///
    /// @param bytesMax the most bytes it may have; some 350 for each who is added, and as many for each member
    ///     if the group's tree is inside
    /// @throws MlsException if it is anything else
    public static Welcome readMessage(final byte[] message, final int bytesMax) throws MlsException {
        return WireFormat.MLS_WELCOME.readMessage(message, bytesMax, Welcome::read);
    }

    /// Reads one without the header; otherwise as [#readMessage].
    ///
    /// @throws MlsException if it is anything else
    public static Welcome readBare(final byte[] welcome, final int bytesMax) throws MlsException {
        return MlsInput.whole("Welcome", welcome, bytesMax, Welcome::read);
    }

    static Welcome read(final MlsInput in) throws MlsException {
        return new Welcome(
                in.uint16("cipher_suite"),
                in.list("secrets", Roster.LEAVES_MAX, EncryptedGroupSecrets::read),
                in.opaque("encrypted_group_info"));
    }

    /// For whom it is: each one's [KeyPackage#ref()].
    public List<Opaque> newMembers() {
        return secrets.stream().map(EncryptedGroupSecrets::newMember).toList();
    }
}
