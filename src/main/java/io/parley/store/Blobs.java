package io.parley.store;

import io.parley.content.Octets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/// Larger pieces of bytes beside the journal, each under its own SHA-256. What an event of some hundred bytes
/// speaks of by hash (of MLS the Welcome, the GroupInfo, the ratchet tree) is uploaded here first; no entity
/// ever holds it.
///
/// Blobs are kept by *scope*, the id of a conversation: the same bytes in two scopes are two blobs, and nobody
/// finds out in one what there is in another. A blob that nobody has bound disappears by itself some time after
/// it was put last (`parley.blobs.unbound-for`, 24 h); a bound one stays until it is deleted. Whoever binds and
/// then does not write down what for has to delete.
///
/// All of it is done elsewhere than on the caller's thread, so many at once, so many waiting, and with a time
/// limit. Every call fails with [Busy] where too much waits already, with
/// [java.util.concurrent.TimeoutException], with [IllegalArgumentException] where what is asked for is against
/// the limits here, and with the store's own error where that is full or away. After a failure it is not known
/// whether it was done; each call may be repeated.
///
/// Safe from any thread.
public interface Blobs {
    /// Of one blob, in bytes.
    int BYTES_MAX = 1 << 20;

    /// Hashes in one call. What one commit of MLS names is three.
    int HASHES_MAX = 16;

    /// Of a scope, in characters: some more than two names have.
    int SCOPE_MAX = 512;

    /// Of a SHA-256, in bytes.
    int HASH_BYTES = 32;

    /// Too much is waiting; nothing was done.
    final class Busy extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        Busy() {
            super("too many blobs are waiting to be written or read", null, false, false);
        }
    }

    /// Stores a blob, durably when this completes. One that is there already stays as it is; if it is not
    /// bound, its time begins anew.
    ///
    /// @param sha256 of `bytes`, which is checked here: a millisecond or less of the caller's time
    /// @param bytes  at most [#BYTES_MAX], at least one; not to be changed before this completes
    CompletionStage<Done> put(String scope, Octets sha256, byte[] bytes);

    /// Makes blobs stay until they are deleted, durably when this completes.
    ///
    /// @param sha256s at most [#HASHES_MAX]
    /// @return false if one of them is not there: then nothing is promised of the others
    CompletionStage<Boolean> bind(String scope, Set<Octets> sha256s);

    /// The bytes, which are the caller's from then on; empty if there is no such blob (any more).
    CompletionStage<Optional<byte[]>> get(String scope, Octets sha256);

    /// Removes blobs, bound or not. Those that are not there are not missed.
    ///
    /// @param sha256s at most [#HASHES_MAX]
    CompletionStage<Done> delete(String scope, Set<Octets> sha256s);
}
