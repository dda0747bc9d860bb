package io.parley.client;

import io.parley.client.TransferListener.Phase;
import io.parley.client.UploadRecords.Identity;
import io.parley.client.UploadRecords.Known;
import io.parley.content.Octets;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.protocol.ErrorCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;

/// One upload by tus 1.0: created, asked how far it is, brought the rest, as often as it takes.
final class UploadRun {
    private static final String PATH = "/v1/media";
    private static final int CREATED = 201;
    private static final int NOT_FOUND = 404;
    private static final int OTHER_BYTES = 460;

    /// How often an upload may be begun: one that went away, or was carried by a message, is begun anew, but
    /// not for ever.
    private static final int BEGINNINGS_MAX = 3;

    private final MediaCalls calls;
    private final UploadRecords records;
    private final Path file;
    private final ConversationId conversation;
    private final Optional<String> type;
    private final TransferListener listener;
    private long offset;

    UploadRun(
            final MediaCalls calls,
            final UploadRecords records,
            final Path file,
            final ConversationId conversation,
            final Optional<String> type,
            final TransferListener listener) {
        this.calls = calls;
        this.records = records;
        this.file = file;
        this.conversation = conversation;
        this.type = type;
        this.listener = listener;
    }

    /// It cannot go on; this is how it ends.
    private static final class Over extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private final transient UploadOutcome outcome;

        Over(final UploadOutcome outcome) {
            super(outcome.toString(), null, false, false);
            this.outcome = outcome;
        }
    }

    UploadOutcome run() {
        try (var _ = records.lock(file, conversation).orElseThrow(() -> new Over(new UploadOutcome.Busy(file)))) {
            return uploaded();
        } catch (final Over over) {
            return over.outcome;
        } catch (final InterruptedException | ClosedByInterruptException cancelled) {
            return new UploadOutcome.Cancelled(offset);
        } catch (final MediaCalls.GaveUp gaveUp) {
            return new UploadOutcome.Unreachable(offset, String.valueOf(gaveUp.getMessage()));
        } catch (final MediaCalls.LoggedOut ended) {
            return new UploadOutcome.LoginEnded();
        } catch (final IOException unreadable) {
            return new UploadOutcome.Unreadable(file, reason(unreadable));
        }
    }

    static String reason(final IOException failed) {
        return failed.getClass().getSimpleName().replace("Exception", "") + ": " + failed.getMessage();
    }

    private UploadOutcome uploaded()
            throws IOException, Over, InterruptedException, MediaCalls.GaveUp, MediaCalls.LoggedOut {
        final var identity = Identity.of(file);
        for (int beginnings = 0; beginnings < BEGINNINGS_MAX; beginnings++) {
            final var before = records.known(file, conversation, identity);
            final var known = before.isPresent() ? before.get() : begun(identity);
            if (isWhole(known)) {
                return new UploadOutcome.Uploaded(known.media(), identity.bytes(), known.sha256());
            }
            records.forget(file, conversation);
        }
        throw new Over(new UploadOutcome.Refused(
                ErrorCode.NOT_FOUND, "the server has thrown it away " + BEGINNINGS_MAX + " times"));
    }

    // the beginning

    private Known begun(final Identity identity)
            throws IOException, Over, InterruptedException, MediaCalls.GaveUp, MediaCalls.LoggedOut {
        final var meter = new Meter(listener, Phase.HASHING, identity.bytes(), System::nanoTime);
        final var sha256 = Octets.of(Hashes.of(file, meter::at));
        checkSame(identity);
        calls.arrived(); // the time it took is nobody's fault
        while (true) {
            final var answer = calls.ask(
                    PATH,
                    tus().header("Upload-Length", Long.toString(identity.bytes()))
                            .header("Upload-Metadata", metadata(sha256))
                            .POST(BodyPublishers.noBody()),
                    BodyHandlers.ofString());
            if (answer.isPresent()) {
                if (answer.get().statusCode() != CREATED) {
                    throw refused(answer.get());
                }
                final var known = new Known(identity, sha256, mediaOf(answer.get()));
                records.keep(file, conversation, known);
                offset = 0;
                return known;
            }
        }
    }

    private String metadata(final Octets sha256) {
        return "conversation " + base64(conversation.value()) + ",sha256 " + base64(sha256.base64url())
                + type.map(each -> ",filetype " + base64(each)).orElse("");
    }

    private static String base64(final String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpRequest.Builder tus() {
        return HttpRequest.newBuilder().header("Tus-Resumable", "1.0.0");
    }

    private static MediaId mediaOf(final HttpResponse<String> created) throws Over {
        final var location = created.headers().firstValue("Location").orElse("");
        return MediaId.parse(location.substring(location.lastIndexOf('/') + 1))
                .orElseThrow(() -> new Over(new UploadOutcome.Refused(
                        ErrorCode.INVALID, "the server does not say where the upload is: '" + location + "'")));
    }

    private static Over refused(final HttpResponse<String> answer) {
        final var why = RestAnswers.problem(answer);
        return new Over(new UploadOutcome.Refused(why.code(), String.valueOf(why.getMessage())));
    }

    private void checkSame(final Identity identity) throws IOException, Over {
        if (!Identity.of(file).equals(identity)) {
            records.forget(file, conversation);
            throw new Over(new UploadOutcome.Changed(file));
        }
    }

    /// Also what a file's length and time do not show.
    private void checkSame(final Known known) throws IOException, Over {
        checkSame(known.identity());
        if (!Octets.of(Hashes.of(file, _ -> {})).equals(known.sha256())) {
            records.forget(file, conversation);
            throw new Over(new UploadOutcome.Changed(file));
        }
    }

    // the bytes

    /// Whether all of it is there; false: it is no more to be had.
    private boolean isWhole(final Known known)
            throws IOException, Over, InterruptedException, MediaCalls.GaveUp, MediaCalls.LoggedOut {
        final long bytes = known.identity().bytes();
        final var meter = new Meter(listener, Phase.MOVING, bytes, System::nanoTime);
        while (true) {
            final var there = asked(known);
            if (there.isEmpty()) {
                return false;
            }
            if (there.getAsLong() > offset || there.getAsLong() == bytes) {
                calls.arrived();
            }
            offset = there.getAsLong();
            meter.at(offset);
            checkSame(known.identity());
            if (offset == bytes) {
                return true;
            }
            bring(known, meter);
        }
    }

    /// Where it goes on; empty: there is no such upload any more, or a message carries it already.
    private OptionalLong asked(final Known known)
            throws InterruptedException, MediaCalls.GaveUp, MediaCalls.LoggedOut, Over {
        while (true) {
            final var answer = calls.ask(
                    PATH + "/" + known.media(), tus().method("HEAD", BodyPublishers.noBody()), BodyHandlers.ofString());
            if (answer.isPresent()) {
                final var headers = answer.get().headers();
                return switch (answer.get().statusCode()) {
                    case 200 ->
                        headers.firstValue("Upload-Expires").isEmpty()
                                ? OptionalLong.empty() // what a message carries does not expire
                                : headers.firstValueAsLong("Upload-Offset");
                    case NOT_FOUND -> OptionalLong.empty();
                    default -> throw refused(answer.get());
                };
            }
        }
    }

    /// Brings the rest. What became of it is asked for afterwards, but for bytes that are not those of the
    /// file.
    private void bring(final Known known, final Meter meter)
            throws IOException, Over, InterruptedException, MediaCalls.GaveUp, MediaCalls.LoggedOut {
        final long from = offset;
        final long rest = known.identity().bytes() - from;
        final var body = BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> opened(from, meter)), rest);
        final var answer = calls.ask(
                PATH + "/" + known.media(),
                tus().header("Upload-Offset", Long.toString(from))
                        .header("Content-Type", "application/offset+octet-stream")
                        .method("PATCH", body),
                BodyHandlers.ofString());
        if (answer.isPresent()) {
            switch (answer.get().statusCode()) {
                case 204 -> {}
                case OTHER_BYTES -> {
                    checkSame(known);
                    calls.pause(Optional.empty(), "the bytes were damaged on the way");
                }
                case NOT_FOUND, 409, 423 -> calls.pause(RestAnswers.retryAfter(answer.get()), "it goes on elsewhere");
                default -> throw refused(answer.get());
            }
        }
    }

    /// The file from there on, telling what is read of it; where it cannot be opened, nothing, which is fewer
    /// bytes than were announced.
    private InputStream opened(final long from, final Meter meter) {
        try {
            final var channel = FileChannel.open(file, StandardOpenOption.READ).position(from);
            return new FilterInputStream(Channels.newInputStream(channel)) {
                private long at = from;

                @Override
                public int read() throws IOException {
                    final var one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(final byte[] into, final int start, final int length) throws IOException {
                    final int count = super.read(into, start, length);
                    if (count > 0) {
                        at += count;
                        calls.moves();
                        meter.at(at);
                    }
                    return count;
                }
            };
        } catch (final IOException gone) {
            return InputStream.nullInputStream();
        }
    }
}
