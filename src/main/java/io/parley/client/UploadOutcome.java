package io.parley.client;

import io.parley.content.Octets;
import io.parley.id.MediaId;
import io.parley.protocol.ErrorCode;
import java.nio.file.Path;

/// How an upload ended.
public sealed interface UploadOutcome {
    /// All of it is there. Good for one message, for as long as the server keeps what nobody sends (a day).
    /// Begun again the same file gives the same upload, until [FileTransfers#forget].
    record Uploaded(MediaId media, long bytes, Octets sha256) implements UploadOutcome {}

    /// Another program has written to the file since it was begun: what is there is not what was promised, and
    /// was thrown away. Upload it again when it stays as it is.
    record Changed(Path file) implements UploadOutcome {}

    /// The file cannot be read, or what is known of the upload cannot be kept.
    record Unreadable(Path file, String why) implements UploadOutcome {}

    /// The server does not take it, now or later.
    record Refused(ErrorCode code, String why) implements UploadOutcome {}

    /// The login has ended: log in again, and begin the upload again, which goes on where it was.
    record LoginEnded() implements UploadOutcome {}

    /// For as long as was to be waited nothing more arrived. Begun again, it goes on where it was.
    ///
    /// @param offset how many bytes are there, as far as is known
    record Unreachable(long offset, String why) implements UploadOutcome {}

    /// It was cancelled. Begun again, it goes on where it was.
    ///
    /// @param offset how many bytes are there, as far as is known
    record Cancelled(long offset) implements UploadOutcome {}

    /// Another process of this account uploads this file at this moment.
    record Busy(Path file) implements UploadOutcome {}
}
