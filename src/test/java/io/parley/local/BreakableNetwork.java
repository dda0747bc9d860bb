package io.parley.local;

/// The network between the nodes of a cluster, to be broken.
public sealed interface BreakableNetwork extends AutoCloseable permits ClusterProxy, PacketFilter {
    /// Nothing that `from` says gets to `to` any more.
    void cut(int from, int to);

    /// Nothing gets from any of these nodes to the others, nor back.
    void isolate(int... some);

    /// Everything gets through again.
    void heal();

    /// Ends it.
    @Override
    void close();
}
