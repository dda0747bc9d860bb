package io.parley.local;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// A network that loses packets, by rules of the kernel (nftables), for a cluster that runs in a network
/// namespace of its own: `unshare --net`, as root. Each node connects from its own address, so that a packet
/// says between whom it goes.
///
/// Unlike [ClusterProxy] it takes the answers of TCP as well: where only what `from` sends is lost, `to` still
/// gets heard until the windows are full, for nobody confirms what it sends.
public final class PacketFilter implements BreakableNetwork {
    private static final String TABLE = "parley_cuts";

    private final List<NodeSettings> nodes;

    private PacketFilter(final List<NodeSettings> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /// Ready to cut; nothing is cut yet.
    static PacketFilter between(final List<NodeSettings> nodes) {
        if (!isInOwnNamespace()) {
            throw new LocalTrouble("packets are dropped only in a network namespace of one's own: unshare --net");
        }
        nft("add table ip " + TABLE);
        nft("add chain ip " + TABLE + " cuts { type filter hook input priority 0; policy accept; }");
        return new PacketFilter(nodes);
    }

    /// From there nothing leads anywhere else; a rule elsewhere would be of consequence for others.
    private static boolean isInOwnNamespace() {
        try {
            for (final var link : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (link.isUp() && !link.isLoopback()) {
                    return false;
                }
            }
            return true;
        } catch (final SocketException unknown) {
            throw new LocalTrouble("cannot find out what network this is", unknown);
        }
    }

    @Override
    public void cut(final int from, final int to) {
        nft("add rule ip " + TABLE + " cuts ip saddr " + host(from) + " ip daddr " + host(to) + " drop");
    }

    @Override
    public void isolate(final int... some) {
        final var inside = Arrays.stream(some).boxed().toList();
        for (int from = 1; from <= nodes.size(); from++) {
            for (int to = 1; to <= nodes.size(); to++) {
                if (inside.contains(from) != inside.contains(to)) {
                    cut(from, to);
                }
            }
        }
    }

    @Override
    public void heal() {
        nft("flush chain ip " + TABLE + " cuts");
    }

    @Override
    public void close() {
        nft("delete table ip " + TABLE);
    }

    private String host(final int number) {
        return nodes.get(number - 1).host();
    }

    private static void nft(final String command) {
        Tool.run(List.of("nft", command), "the package nftables");
    }
}
