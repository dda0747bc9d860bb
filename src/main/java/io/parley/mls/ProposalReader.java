package io.parley.mls;

/// Reads proposals (§12.1). One of a type not named there cannot be read: its end is not marked.
final class ProposalReader {
    private ProposalReader() {}

    static ProposalOrRef proposalOrRef(final MlsInput in) throws MlsException {
        final int start = in.position();
        return switch (in.uint8("ProposalOrRef.type")) {
            case 1 -> proposal(in);
            case 2 -> reference(in);
            default -> throw new MlsException("ProposalOrRef.type: unknown", start);
        };
    }

    static Proposal proposal(final MlsInput in) throws MlsException {
        final int start = in.position();
        return switch (in.uint16("proposal_type")) {
            case 1 -> new Proposal.Add(KeyPackage.read(in));
            case 2 -> update(in);
            case 3 -> new Proposal.Remove(in.uint32("removed"));
            case 4 -> new Proposal.PreSharedKey(preSharedKeyId(in));
            case 5 -> reInit(in);
            case 6 -> new Proposal.ExternalInit(in.opaque("kem_output"));
            case 7 -> new Proposal.GroupContextExtensions(Extension.list(in));
            default -> throw new MlsException("proposal_type: unknown", start);
        };
    }

    private static ProposalRef reference(final MlsInput in) throws MlsException {
        final int start = in.position();
        final var hash = in.opaque("reference");
        return switch (hash.length()) {
            case 32, 48, 64 -> new ProposalRef(hash); // SHA-256, -384, -512: no registered suite has another
            default -> throw new MlsException("reference: not as long as a hash", start);
        };
    }

    private static Proposal.Update update(final MlsInput in) throws MlsException {
        final int start = in.position();
        final var leaf = LeafNode.read(in);
        return switch (leaf.leafNodeSource()) {
            case LeafNodeSource.Update _ -> new Proposal.Update(leaf);
            case LeafNodeSource.KeyPackage _, LeafNodeSource.Commit _ ->
                throw new MlsException("leaf_node: not made for an Update", start);
        };
    }

    private static Proposal.ReInit reInit(final MlsInput in) throws MlsException {
        return new Proposal.ReInit(
                in.opaque("group_id"), in.uint16("version"), in.uint16("cipher_suite"), Extension.list(in));
    }

    private static PreSharedKeyId preSharedKeyId(final MlsInput in) throws MlsException {
        final int start = in.position();
        return switch (in.uint8("psktype")) {
            case 1 -> new PreSharedKeyId.External(in.opaque("psk_id"), in.opaque("psk_nonce"));
            case 2 ->
                new PreSharedKeyId.Resumption(
                        usage(in), in.opaque("psk_group_id"), in.uint64("psk_epoch"), in.opaque("psk_nonce"));
            default -> throw new MlsException("psktype: unknown", start);
        };
    }

    private static PreSharedKeyId.Usage usage(final MlsInput in) throws MlsException {
        final int start = in.position();
        return switch (in.uint8("usage")) {
            case 1 -> PreSharedKeyId.Usage.APPLICATION;
            case 2 -> PreSharedKeyId.Usage.REINIT;
            case 3 -> PreSharedKeyId.Usage.BRANCH;
            default -> throw new MlsException("usage: unknown", start);
        };
    }
}
