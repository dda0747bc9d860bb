package io.parley.store.cassandra;

import java.time.Instant;
import java.util.Optional;

/// How far the move of an embedded store into a keyspace has come.
///
/// @param fingerprint of what is moved
/// @param begun       when it was begun: the write timestamp of all its rows, so that what is written twice is
///     the same row, and what nodes write later is newer
/// @param events      how many there are to be moved
/// @param done        how many of them are stored
/// @param at          all before this is stored
/// @param finished    when everything had been read back and found equal
record Move(String fingerprint, Instant begun, long events, long done, Place at, Optional<Instant> finished) {
    /// A place in the order of the moved: this entity's events up to this number, all entities before it, and,
    /// which are moved after all entities, blobs up to this one.
    ///
    /// @param persistenceId empty: before everything
    /// @param blob          its number in the embedded store; 0: before all
    record Place(String persistenceId, long seq, long blob) {
        static final Place BEGIN = new Place("", 0, 0);

        /// The first number of that entity that is not stored.
        long next(final String ofPersistenceId) {
            return persistenceId.equals(ofPersistenceId) ? seq + 1 : 1;
        }

        /// The same of the blobs, and of the entities that.
        Place entity(final String id, final long upTo) {
            return new Place(id, upTo, blob);
        }

        /// The same of the entities, and of the blobs that.
        Place blob(final long number) {
            return new Place(persistenceId, seq, number);
        }
    }

    static Move begin(final String fingerprint, final Instant now, final long events) {
        return new Move(
                fingerprint, Instant.ofEpochMilli(now.toEpochMilli()), events, 0, Place.BEGIN, Optional.empty());
    }

    Move at(final Place place, final long nowDone) {
        return new Move(fingerprint, begun, events, nowDone, place, finished);
    }

    Move finished(final Instant now) {
        return new Move(fingerprint, begun, events, done, at, Optional.of(now));
    }
}
