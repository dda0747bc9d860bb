package io.parley.cluster;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;

/// The node's lease where plug-ins find it that Pekko makes by their class names: one an actor system, held by
/// nobody until the node has put its own in.
public final class Leases implements Extension {
    private static final Id ID = new Id();

    private final AtomicReference<MembershipLease> held = new AtomicReference<>(() -> false);

    private Leases() {}

    /// That of `system`.
    public static Leases of(final ClassicActorSystemProvider system) {
        return ID.get(system);
    }

    /// From now on this lease counts.
    public void grant(final MembershipLease lease) {
        held.set(lease);
    }

    /// Whether the lease that counts now is held.
    public boolean holds() {
        return held.get().holds();
    }

    private static final class Id extends AbstractExtensionId<Leases> {
        @Override
        public Leases createExtension(final ExtendedActorSystem system) {
            return new Leases();
        }
    }
}
