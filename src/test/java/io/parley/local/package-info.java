/// Clusters on one machine, of processes as they run elsewhere: for tests that kill and pause them, and by
/// hand. [CassandraRing] is a ring of Cassandra nodes (`bin/cassandra`), [LocalCluster] one of Parley nodes on
/// top of it (`bin/cluster`), [ClusterProxy] the network between those, to be broken. Each lives in one
/// directory, which says all that is needed to find it again from another JVM: for each node the process that
/// runs it.
///
/// Needs a Unix: signals, `sh`, and for several nodes the addresses 127.0.0.2 and so on, which Linux has by
/// itself.
@NullMarked
package io.parley.local;

import org.jspecify.annotations.NullMarked;
