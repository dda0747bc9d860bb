package io.parley.mls;

import java.util.Optional;

/// A message that is signed but not encrypted (§6.2), so that the delivery service sees what a commit changes.
///
/// @param epoch unsigned, as on the wire: what is 2^63 or more is negative
/// @param confirmationTag of a commit; others have none
/// @param membershipTag of a member; others have none
/// @param framedContent everything up to the signature, as it came
public record PublicMessage(
        Opaque groupId,
        long epoch,
        Sender sender,
        Opaque authenticatedData,
        Content content,
        Opaque signature,
        Optional<Opaque> confirmationTag,
        Optional<Opaque> membershipTag,
        Opaque framedContent)
        implements MlsMessage {
    /// The most bytes one may have: larger changes are made in steps.
    public static final int BYTES_MAX = 48 * 1_024;

    /// Reads the message with its header.
    ///
    /// @throws MlsException if it is anything else or longer than [#BYTES_MAX]
    public static PublicMessage readMessage(final byte[] message) throws MlsException {
        return WireFormat.MLS_PUBLIC_MESSAGE.readMessage(message, BYTES_MAX, PublicMessage::read);
    }

    static PublicMessage read(final MlsInput in) throws MlsException {
        final int start = in.position();
        final var groupId = in.opaque("group_id");
        final long epoch = in.uint64("epoch");
        final var sender = sender(in);
        final var authenticatedData = in.opaque("authenticated_data");
        final int contentStart = in.position();
        final var content = content(in);
        final var framedContent = in.since(start);
        if (!maySay(sender, content)) {
            throw new MlsException("content: none that such a sender may send", contentStart);
        }
        final var signature = in.opaque("signature");
        final var confirmationTag = switch (content) {
            case Commit _ -> Optional.of(in.opaque("confirmation_tag"));
            case Application _, Proposal _ -> Optional.<Opaque>empty();
        };
        final var membershipTag = switch (sender) {
            case Sender.Member _ -> Optional.of(in.opaque("membership_tag"));
            case Sender.External _, Sender.NewMemberProposal _, Sender.NewMemberCommit _ -> Optional.<Opaque>empty();
        };
        final int length = in.position() - start;
        if (length > BYTES_MAX) {
            throw new MlsException("PublicMessage: more than " + BYTES_MAX + " bytes", start);
        }
        return new PublicMessage(
                groupId,
                epoch,
                sender,
                authenticatedData,
                content,
                signature,
                confirmationTag,
                membershipTag,
                framedContent);
    }

    /// Whether the message is signed by this key, for suite [CipherSuite#X25519_AES128GCM_SHA256_ED25519]
    /// (§6.1).
    ///
    /// @param context of the epoch in which it is sent, as the epoch's [GroupInfo] has it
    public boolean isSignedBy(final Opaque signatureKey, final GroupContext context) {
        final var signed = new MlsOutput()
                .uint16(ProtocolVersion.MLS10)
                .uint16(wireFormat().value())
                .raw(framedContent);
        switch (sender) {
            case Sender.Member _, Sender.NewMemberCommit _ -> signed.raw(context.encoded());
            case Sender.External _, Sender.NewMemberProposal _ -> {} // who is outside may not know it
        }
        return Ed25519.verifyWithLabel(signatureKey, "FramedContentTBS", signed.toByteArray(), signature);
    }

    /// What each kind of sender may send (§6.1, §12.1.8).
    private static boolean maySay(final Sender sender, final Content content) {
        return switch (sender) {
            case Sender.Member _ -> true;
            case Sender.NewMemberCommit _ -> content instanceof Commit;
            case Sender.NewMemberProposal _ -> content instanceof Proposal.Add;
            case Sender.External _ ->
                switch (content) {
                    case Proposal.Add _,
                            Proposal.Remove _,
                            Proposal.PreSharedKey _,
                            Proposal.ReInit _,
                            Proposal.GroupContextExtensions _ -> true;
                    case Application _, Commit _, Proposal.Update _, Proposal.ExternalInit _ -> false;
                };
        };
    }

    private static Sender sender(final MlsInput in) throws MlsException {
        final int start = in.position();
        return switch (in.uint8("sender_type")) {
            case 1 -> new Sender.Member(in.uint32("leaf_index"));
            case 2 -> new Sender.External(in.uint32("sender_index"));
            case 3 -> new Sender.NewMemberProposal();
            case 4 -> new Sender.NewMemberCommit();
            default -> throw new MlsException("sender_type: unknown", start);
        };
    }

    private static Content content(final MlsInput in) throws MlsException {
        return switch (ContentType.read(in)) {
            case APPLICATION -> new Application(in.opaque("application_data"));
            case PROPOSAL -> ProposalReader.proposal(in);
            case COMMIT -> Commit.read(in);
        };
    }
}
