package io.parley.mls;

import java.util.Optional;

/// Somebody at a leaf: his name and what he signs with.
public record Member(Opaque identity, Opaque signatureKey) {
    /// Detached from whatever message they came in, since rosters live long.
    public Member(final Opaque identity, final Opaque signatureKey) {
        this.identity = identity.detached();
        this.signatureKey = signatureKey.detached();
    }

    /// Whom a leaf node makes a member; nobody if it has certificates instead of a name.
    static Optional<Member> of(final LeafNode leaf) {
        return leaf.credential().basicIdentity().map(identity -> new Member(identity, leaf.signatureKey()));
    }
}
