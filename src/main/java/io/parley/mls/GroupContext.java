package io.parley.mls;

import java.util.List;

/// What the members of a group agree on in one epoch (§8.1).
///
/// @param cipherSuite any number
/// @param epoch unsigned, as on the wire: what is 2^63 or more is negative
/// @param encoded the whole structure as it came
public record GroupContext(
        int version,
        int cipherSuite,
        Opaque groupId,
        long epoch,
        Opaque treeHash,
        Opaque confirmedTranscriptHash,
        List<Extension> extensions,
        Opaque encoded) {
    static GroupContext read(final MlsInput in) throws MlsException {
        final int start = in.position();
        final int version = ProtocolVersion.read(in);
        final int cipherSuite = in.uint16("cipher_suite");
        final var groupId = in.opaque("group_id");
        final long epoch = in.uint64("epoch");
        final var treeHash = in.opaque("tree_hash");
        final var confirmedTranscriptHash = in.opaque("confirmed_transcript_hash");
        final var extensions = Extension.list(in);
        return new GroupContext(
                version, cipherSuite, groupId, epoch, treeHash, confirmedTranscriptHash, extensions, in.since(start));
    }
}
