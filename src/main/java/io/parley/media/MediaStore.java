package io.parley.media;

import io.parley.conversation.MediaDesk;
import io.parley.id.MediaId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/// Where uploads are kept. All nodes of a cluster see the same ones; what one has done the others see at once.
/// Each call may be repeated, and fails with an [java.io.IOException] where the store is away or full: then it
/// is not known whether it was done.
///
/// Safe from any thread.
public interface MediaStore {
    /// An upload, and how far it has come.
    record Found(Upload upload, Standing standing) {}

    /// What became of a new upload.
    sealed interface Creation {
        /// It is there, without a byte.
        record Created(Found found) implements Creation {}

        /// Nothing was created: all that the owner has would be more than he may have.
        ///
        /// @param held how much that is without the new one, in bytes
        record OverQuota(long held) implements Creation {}
    }

    /// Begins an upload.
    ///
    /// @param quotaBytes how much its owner may have in all, with this one; kept also where several begin at
    /// once
    CompletionStage<Creation> create(Upload upload, long quotaBytes);

    /// An upload, or empty if there is none of this id (any more).
    CompletionStage<Optional<Found>> find(MediaId id);

    /// What became of more bytes.
    sealed interface Appended {
        /// They are there, or as many as came. Durable if it is whole now.
        record Grown(Found found) implements Appended {}

        /// Nothing was written: it goes on elsewhere.
        record NotThere(long offset) implements Appended {}

        /// More came than was promised. Some of it may be there: where it goes on is to be asked for.
        record TooMany() implements Appended {}

        /// All bytes came, and they are not those that were promised: none of them is kept.
        record OtherBytes() implements Appended {}

        /// Another node is receiving bytes of it.
        record Busy() implements Appended {}

        /// There is no such upload (any more).
        record Gone() implements Appended {}
    }

    /// Adds bytes. What comes before `bytes` fails stays. Whoever calls this while another call for the same
    /// upload goes on ends that one: the connection it came by is of no use to anybody any more.
    ///
    /// @param offset of the first of them
    CompletionStage<Appended> append(MediaId id, long offset, Source<ByteString, ?> bytes);

    /// How many bytes of a whole upload there are: as many as were promised, or it is damaged. Empty: none, it
    /// is lost.
    CompletionStage<OptionalLong> length(MediaId id);

    /// The bytes of a whole upload.
    ///
    /// @param from   the first
    /// @param length how many; they must be there
    Source<ByteString, ?> read(MediaId id, long from, long length);

    /// As [MediaDesk#bind].
    CompletionStage<MediaDesk.Outcome> bind(MediaDesk.Claim claim, List<MediaId> media, Instant now);

    /// As [MediaDesk#stored].
    CompletionStage<Done> stored(long seq, List<MediaId> media);

    /// Removes it, whatever its state. One that is not there is not missed.
    CompletionStage<Done> delete(MediaId id);

    /// How much somebody has, in bytes.
    CompletionStage<Long> held(UserId owner);

    /// What was swept away and what was found out.
    ///
    /// @param expired unfinished and unsent ones that are gone now
    /// @param orphaned claimed ones whose message was never stored: gone now
    /// @param found   claimed ones whose message was found in its log
    /// @param failed   which could not be looked at now
    record Swept(long expired, long found, long orphaned, long failed) {
        static final Swept NOTHING = new Swept(0, 0, 0, 0);

        Swept and(final Swept other) {
            return new Swept(
                    expired + other.expired, found + other.found, orphaned + other.orphaned, failed + other.failed);
        }
    }

    /// Throws away what has expired, and looks into the log for messages of which nobody said where they stand.
    ///
    /// @param unsure  how long a claim is left alone
    /// @param sought  finds the message in its log: its `seq`, or none if it was never stored. Where it fails,
    /// that is not known
    ///                now: the upload stays and counts as failed
    CompletionStage<Swept> sweep(
            Instant now, Duration unsure, Function<MediaDesk.Claim, CompletionStage<Optional<Long>>> sought);
}
