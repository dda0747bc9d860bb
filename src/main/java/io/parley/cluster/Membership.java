package io.parley.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.ClusterShardingHealthCheck;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/// This node among the members of its cluster: joins, keeps the lease, and knows who the cluster is.
///
/// Safe from any thread.
public final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration TELL_EVERY = Duration.ofSeconds(10);

    private final ActorSystem<?> system;
    private final Cluster cluster;
    private final QuorumLease lease = new QuorumLease(System::nanoTime, System::currentTimeMillis);
    private final ClusterIdentity identity = new ClusterIdentity(UUID::randomUUID);
    private volatile boolean shardsKnown;

    /// Of a node that has not joined yet.
    public Membership(final ActorSystem<?> system) {
        this.system = system;
        this.cluster = Cluster.get(system);
    }

    /// Joins the cluster of `seeds`, or a new one of this node alone where there are none. The first of the
    /// seeds makes a new cluster when none of the others answers that there is one, and the store is nobody's
    /// ([Founding]).
    ///
    /// @param seeds `host:port` of cluster ports; the same list, in the same order, on all of them
    /// @param taken whether a cluster, this one or another, says that the store is its own; may fail
    /// @return when this node is a member that may have shards
    public CompletionStage<Done> join(final List<String> seeds, final Supplier<CompletionStage<Boolean>> taken) {
        final var up = new CompletableFuture<Done>();
        org.apache.pekko.cluster.Cluster.get(Adapter.toClassic(system))
                .registerOnMemberUp(() -> up.complete(Done.getInstance()));
        final var self = cluster.selfMember().address();
        final var addresses = seeds.stream().map(seed -> address(self, seed)).toList();
        if (addresses.isEmpty()) {
            cluster.manager().tell(Join.create(self));
        } else if (addresses.getFirst().equals(self)) {
            new Search(addresses.subList(1, addresses.size()), taken).begin();
        } else {
            cluster.manager().tell(new JoinSeedNodes(addresses));
        }
        return up;
    }

    /// For a cluster, by the first of the seeds: one look after the other, until it is a member.
    private final class Search {
        private final List<Address> others;
        private final Supplier<CompletionStage<Boolean>> taken;
        private final Founding founding;
        private long toldNanos = System.nanoTime(); // a node that is let in at once has nothing to tell

        Search(final List<Address> others, final Supplier<CompletionStage<Boolean>> taken) {
            this.others = others;
            this.taken = taken;
            this.founding = new Founding(!others.isEmpty(), System::nanoTime);
        }

        void begin() {
            if (!others.isEmpty()) {
                cluster.manager().tell(new JoinSeedNodes(others));
            }
            look();
        }

        private void look() {
            final boolean isMember =
                    !cluster.selfMember().status().equals(MemberStatus.removed()); // as before it joins
            if (isMember || cluster.isTerminated()) {
                return;
            }
            taken.get().whenComplete((isTaken, failure) -> {
                if (failure == null && founding.looked(isTaken)) {
                    cluster.manager().tell(Join.create(cluster.selfMember().address()));
                    return;
                }
                if (failure == null && isTaken) {
                    tell();
                }
                system.scheduler().scheduleOnce(LOOK_EVERY, this::look, system.executionContext());
            });
        }

        private void tell() {
            final long now = System.nanoTime();
            if (now - toldNanos >= TELL_EVERY.toNanos()) {
                toldNanos = now;
                LOG.error(
                        "another cluster uses this keyspace: this node makes no new one beside it, and goes on asking {}"
                                + " to be let in. A cluster that has died is forgotten after some seconds; otherwise give each"
                                + " cluster a keyspace of its own, or check PARLEY_SEED_NODES",
                        others);
            }
        }
    }

    private static Address address(final Address self, final String seed) {
        return AddressFromURIString.parse(self.protocol() + "://" + self.system() + "@" + seed);
    }

    /// Begins to keep the lease; once, when this node is a member.
    public void keepLease() {
        LeaseKeeper.start(system, lease, identity);
    }

    /// Begins to look whether the regions know where shards are; once, when the entities may live here.
    public void watchShards() {
        final var check = new ClusterShardingHealthCheck(Adapter.toClassic(system));
        system.scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO,
                        LOOK_EVERY,
                        () -> {
                            final Future<Object> known = check.apply();
                            final var _ = FutureConverters.asJava(known)
                                    .whenComplete((all, failure) ->
                                            shardsKnown = failure == null && Boolean.TRUE.equals(all));
                        },
                        system.executionContext());
    }

    /// Whether this node may act as the owner of its entities.
    public MembershipLease lease() {
        return lease;
    }

    /// Who the cluster is, once that is known.
    public Optional<UUID> identity() {
        return identity.known();
    }

    /// Whether the regions of this node know where shards are.
    public boolean shardsKnown() {
        return shardsKnown;
    }

    /// Whether this is the oldest of the members, which does for all what one has to do.
    public boolean isOldest() {
        final var self = cluster.selfMember();
        return self.status().equals(MemberStatus.up()) && members().noneMatch(member -> member.isOlderThan(self));
    }

    /// Whether no other member is left.
    public boolean isLast() {
        return members()
                .allMatch(member ->
                        member.uniqueAddress().equals(cluster.selfMember().uniqueAddress()));
    }

    private Stream<Member> members() {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .filter(member -> LeaseKeeper.counts(member.status()));
    }
}
