package io.parley.client;

import io.parley.client.TransferListener.Phase;
import io.parley.content.Octets;
import io.parley.id.MediaId;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// One file fetched: written aside, gone on with by ranges, looked at as a whole, and given its name.
///
/// Beside `FILE.part` stands `FILE.part.of`: which upload its bytes are of, and the tag that the server gave
/// it. Without that, or with another, it is begun anew.
final class FetchRun {
    private static final int WHOLE = 200;
    private static final int RANGE = 206;
    private static final int NO_SUCH_RANGE = 416;
    private static final Pattern LENGTH = Pattern.compile("bytes (?:\\*|([0-9]{1,18})-[0-9]{1,18})/([0-9]{1,18})");

    private final MediaCalls calls;
    private final MediaId media;
    private final Path file;
    private final Path part;
    private final Path of;
    private final OptionalLong size;
    private final Optional<Octets> sha256;
    private final boolean replace;
    private final TransferListener listener;
    private String tag = "";
    private long offset;
    private int attempt; // guarded by this

    FetchRun(
            final MediaCalls calls,
            final MediaId media,
            final Path file,
            final OptionalLong size,
            final Optional<Octets> sha256,
            final boolean replace,
            final TransferListener listener) {
        this.calls = calls;
        this.media = media;
        this.file = file;
        this.part = file.resolveSibling(file.getFileName() + ".part");
        this.of = file.resolveSibling(file.getFileName() + ".part.of");
        this.size = size;
        this.sha256 = sha256;
        this.replace = replace;
        this.listener = listener;
    }

    /// It cannot go on; this is how it ends.
    private static final class Over extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private final transient FetchOutcome outcome;

        Over(final FetchOutcome outcome) {
            super(outcome.toString(), null, false, false);
            this.outcome = outcome;
        }
    }

    FetchOutcome run() {
        if (!replace && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new FetchOutcome.Exists(file);
        }
        try (var channel = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (!isLocked(channel)) {
                return new FetchOutcome.Busy(file);
            }
            fetch(channel);
            return finished(channel);
        } catch (final Over over) {
            return over.outcome;
        } catch (final InterruptedException | ClosedByInterruptException cancelled) {
            return new FetchOutcome.Cancelled(offset);
        } catch (final MediaCalls.GaveUp gaveUp) {
            return new FetchOutcome.Unreachable(offset, String.valueOf(gaveUp.getMessage()));
        } catch (final MediaCalls.LoggedOut ended) {
            return new FetchOutcome.LoginEnded();
        } catch (final MediaCalls.NotTaken here) {
            return here.why() instanceof OtherSize
                    ? new FetchOutcome.Damaged(String.valueOf(here.getMessage()))
                    : new FetchOutcome.Unwritable(file, UploadRun.reason(here.why()));
        } catch (final IOException unwritable) {
            return new FetchOutcome.Unwritable(file, UploadRun.reason(unwritable));
        }
    }

    private static boolean isLocked(final FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (final OverlappingFileLockException here) {
            return false;
        }
    }

    // the bytes

    private void fetch(final FileChannel channel)
            throws IOException, Over, InterruptedException, MediaCalls.GaveUp, MediaCalls.LoggedOut {
        final var words = PrivateFile.read(of).orElse("").split(" ", 2);
        if (words.length == 2 && words[0].equals(media.value())) {
            tag = words[1];
        } else {
            channel.truncate(0);
        }
        offset = channel.size();
        while (!isWhole(channel)) {
            if (channel.size() > offset) {
                calls.arrived();
            }
            offset = channel.size();
        }
        offset = channel.size();
    }

    /// Asks for what is missing; true when nothing is.
    private boolean isWhole(final FileChannel channel)
            throws IOException, Over, InterruptedException, MediaCalls.GaveUp, MediaCalls.LoggedOut {
        final var request = HttpRequest.newBuilder().GET();
        if (offset > 0) {
            request.header("Range", "bytes=" + offset + "-").header("If-Range", tag);
        }
        final var answer = calls.ask("/v1/media/" + media, request, into(channel));
        if (answer.isEmpty()) {
            return false;
        }
        return switch (answer.get().statusCode()) {
            case WHOLE, RANGE -> true;
            case NO_SUCH_RANGE -> {
                final boolean isAll = total(answer.get()).orElse(-1) == offset;
                if (!isAll) { // otherwise the process ended between its last byte and its name
                    channel.truncate(0);
                }
                yield isAll;
            }
            default -> {
                if (offset == 0) {
                    throwAway();
                }
                final var why = RestAnswers.problem(answer.get());
                throw new Over(new FetchOutcome.Refused(why.code(), String.valueOf(why.getMessage())));
            }
        };
    }

    private static OptionalLong total(final HttpResponse<?> answer) {
        final var range =
                LENGTH.matcher(answer.headers().firstValue("Content-Range").orElse(""));
        return range.matches() ? OptionalLong.of(Long.parseLong(range.group(2))) : OptionalLong.empty();
    }

    /// Writes what comes as it comes; what is no file is read as text.
    private synchronized BodyHandler<String> into(final FileChannel channel) {
        attempt++;
        final int mine = attempt;
        return info -> {
            if (info.statusCode() != WHOLE && info.statusCode() != RANGE) {
                return BodySubscribers.ofString(StandardCharsets.UTF_8);
            }
            final long from = info.statusCode() == WHOLE ? 0 : offset;
            final long coming =
                    info.headers().firstValueAsLong("Content-Length").orElse(-1);
            final long total = from + Math.max(0, coming);
            final var meter = new Meter(listener, Phase.MOVING, total, System::nanoTime);
            try {
                check(total);
                begin(channel, from, info.headers().firstValue("ETag").orElse(""));
            } catch (final IOException failed) {
                throw new MediaCalls.NotTaken(failed);
            }
            return BodySubscribers.mapping(
                    BodySubscribers.ofByteArrayConsumer(
                            bytes -> bytes.ifPresent(some -> write(channel, some, meter, mine))),
                    _ -> "");
        };
    }

    /// What is larger than it is said to be does not fill anybody's disk.
    private void check(final long total) throws IOException {
        if (size.isPresent() && total != size.getAsLong()) {
            throw new OtherSize("it has " + total + " bytes, and should have " + size.getAsLong());
        }
    }

    /// Nothing is wrong with the network.
    private static final class OtherSize extends IOException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        OtherSize(final String why) {
            super(why);
        }
    }

    private void begin(final FileChannel channel, final long from, final String tagNow) throws IOException {
        if (from == 0) {
            channel.truncate(0);
        }
        channel.position(from);
        if (!tagNow.equals(tag)) {
            tag = tagNow;
            PrivateFile.write(of, media + " " + tag, PrivateFile.Lasting.PROCESS);
        }
    }

    /// @param mine the attempt that this comes of: an earlier one has nothing to say any more
    private synchronized void write(final FileChannel channel, final byte[] some, final Meter meter, final int mine) {
        if (mine != attempt) {
            return;
        }
        try {
            final var bytes = ByteBuffer.wrap(some);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            calls.moves();
            meter.at(channel.position());
        } catch (final IOException full) {
            throw new MediaCalls.NotTaken(full);
        }
    }

    // the end

    private FetchOutcome finished(final FileChannel channel) throws IOException, Over {
        channel.force(true);
        final long bytes = channel.size();
        final var told = Octets.parse(tag.replace("\"", "")).filter(each -> each.length() == Hashes.BYTES);
        final var wanted = sha256.or(() -> told);
        if (wanted.isPresent()) {
            final var meter = new Meter(listener, Phase.HASHING, bytes, System::nanoTime);
            if (!MessageDigest.isEqual(Hashes.of(part, meter::at), wanted.get().toArray())) {
                throwAway();
                return new FetchOutcome.Damaged("it has another SHA-256 than it should have: fetch it again; if that"
                        + " gives the same, the server has lost what it was");
            }
        }
        try {
            named();
        } catch (final FileAlreadyExistsException meanwhile) {
            return new FetchOutcome.Exists(file);
        }
        Files.deleteIfExists(of);
        return new FetchOutcome.Fetched(file, bytes);
    }

    /// Gives it its name, in one step; a file that came there meanwhile stays, unless it is to be replaced.
    private void named() throws IOException {
        if (replace) {
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        try {
            Files.createLink(file, part);
            Files.delete(part);
        } catch (final UnsupportedOperationException noLinks) {
            Files.move(part, file);
        }
    }

    private void throwAway() throws IOException {
        Files.deleteIfExists(part);
        Files.deleteIfExists(of);
    }
}
