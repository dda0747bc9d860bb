/// Tests of events in Cassandra.
@NullMarked
package io.parley.store.cassandra;

import org.jspecify.annotations.NullMarked;
