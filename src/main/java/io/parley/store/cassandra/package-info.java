/// Events in Cassandra: pekko-persistence-cassandra, fenced. Who may write an entity's rows says an epoch that
/// is claimed once for each shard and owner; rows that a former owner wrote late do not count.
@NullMarked
package io.parley.store.cassandra;

import org.jspecify.annotations.NullMarked;
