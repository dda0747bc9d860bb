package io.parley.client;

import io.parley.protocol.ErrorCode;
import java.nio.file.Path;

/// How fetching a file ended.
public sealed interface FetchOutcome {
    /// It is there as a whole, and is what was uploaded.
    record Fetched(Path file, long bytes) implements FetchOutcome {}

    /// There is a file of this name, which was not to be replaced. Nothing was written.
    record Exists(Path file) implements FetchOutcome {}

    /// What came is not what was to come. Nothing of it is kept.
    record Damaged(String why) implements FetchOutcome {}

    /// The server does not give it: there is none any more, it is not for this device, or its bytes are lost.
    record Refused(ErrorCode code, String why) implements FetchOutcome {}

    /// It cannot be written here.
    record Unwritable(Path file, String why) implements FetchOutcome {}

    /// The login has ended: log in again, and fetch it again, which goes on where it was.
    record LoginEnded() implements FetchOutcome {}

    /// For as long as was to be waited nothing more came. Begun again, it goes on where it was.
    ///
    /// @param offset how many bytes are here
    record Unreachable(long offset, String why) implements FetchOutcome {}

    /// It was cancelled. Begun again, it goes on where it was.
    ///
    /// @param offset how many bytes are here
    record Cancelled(long offset) implements FetchOutcome {}

    /// Another process fetches into the same file at this moment.
    record Busy(Path file) implements FetchOutcome {}
}
