package io.parley.media;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.content.Octets;
import io.parley.conversation.MediaDesk.Claim;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What stands beside the bytes of an upload: `upload.json`, and `claim.json` once a message is to carry it; in
/// a bucket also which objects have its bytes.
/// Edit as you would a database: names and shapes here are on people's disks. Members that are not known are
/// skipped.
final class MediaRecords {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private record StoredUpload(
            @JsonProperty(value = "id", required = true) String id,
            @JsonProperty(value = "owner", required = true) String owner,

            @JsonProperty(value = "conversation", required = true)
            String conversation,

            @JsonProperty(value = "bytes", required = true) long bytes,
            @JsonProperty(value = "sha256", required = true) String sha256,

            @JsonProperty(value = "created", required = true)
            long created) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record StoredClaim(
            @JsonProperty(value = "conversation", required = true)
            String conversation,

            @JsonProperty(value = "author", required = true) String author,

            @JsonProperty(value = "message", required = true)
            String message,

            @JsonProperty(value = "head", required = true) long head,
            @JsonProperty(value = "at", required = true) long at,
            @JsonProperty("seq") @Nullable Long seq) {}

    /// Where the bytes are of an upload that is kept in a bucket.
    private record StoredPieces(
            @JsonProperty(value = "round", required = true) int round,

            @JsonProperty(value = "pieces", required = true) List<String> pieces) {}

    private record StoredKept(
            @JsonProperty(value = "upload", required = true) StoredUpload upload,

            @JsonProperty(value = "claim", required = true) StoredClaim claim,

            @JsonProperty(value = "bytes", required = true) StoredPieces bytes) {}

    /// All there is to say of an upload in a bucket that a message carries.
    record Kept(Upload upload, Standing.Claimed claim, Pieces pieces) {}

    private MediaRecords() {}

    static String print(final Upload upload) throws IOException {
        return JSON.writeValueAsString(toStored(upload));
    }

    private static StoredUpload toStored(final Upload upload) {
        return new StoredUpload(
                upload.id().value(),
                upload.owner().value(),
                upload.conversation().value(),
                upload.bytes(),
                upload.sha256().base64url(),
                upload.created().toEpochMilli());
    }

    static String print(final Standing.Claimed claimed) throws IOException {
        return JSON.writeValueAsString(toStored(claimed));
    }

    private static StoredClaim toStored(final Standing.Claimed claimed) {
        final var by = claimed.by();
        return new StoredClaim(
                by.conversation().value(),
                by.author().value(),
                by.message().value(),
                by.head(),
                claimed.at().toEpochMilli(),
                claimed.seq().isPresent() ? claimed.seq().getAsLong() : null);
    }

    static String print(final Pieces pieces) throws IOException {
        return JSON.writeValueAsString(toStored(pieces));
    }

    private static StoredPieces toStored(final Pieces pieces) {
        return new StoredPieces(
                pieces.round(), pieces.chain().stream().map(Piece::toString).toList());
    }

    static String print(final Kept kept) throws IOException {
        return JSON.writeValueAsString(
                new StoredKept(toStored(kept.upload()), toStored(kept.claim()), toStored(kept.pieces())));
    }

    /// Reads a record.
    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> T sound(final String what, final Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (final JsonProcessingException | IllegalArgumentException damaged) {
            throw new IOException("the record of " + what + " is damaged: " + damaged.getMessage(), damaged);
        }
    }

    /// @throws IOException if it is not what [#print] makes
    static Upload upload(final byte[] json) throws IOException {
        return sound("an upload", () -> fromStored(JSON.readValue(json, StoredUpload.class)));
    }

    private static Upload fromStored(final StoredUpload stored) {
        return new Upload(
                new MediaId(stored.id()),
                new UserId(stored.owner()),
                new ConversationId(stored.conversation()),
                stored.bytes(),
                Octets.parse(stored.sha256()).orElseThrow(() -> new IllegalArgumentException("no hash")),
                Instant.ofEpochMilli(stored.created()));
    }

    /// @throws IOException if it is not what [#print] makes
    static Standing.Claimed claim(final byte[] json) throws IOException {
        return sound("a claim", () -> fromStored(JSON.readValue(json, StoredClaim.class)));
    }

    private static Standing.Claimed fromStored(final StoredClaim stored) {
        return new Standing.Claimed(
                new Claim(
                        new ConversationId(stored.conversation()),
                        new UserId(stored.author()),
                        new MessageId(stored.message()),
                        stored.head()),
                Instant.ofEpochMilli(stored.at()),
                stored.seq() == null ? OptionalLong.empty() : OptionalLong.of(stored.seq()));
    }

    /// @throws IOException if it is not what [#print] makes
    static Pieces pieces(final byte[] json) throws IOException {
        return sound("the bytes of an upload", () -> fromStored(JSON.readValue(json, StoredPieces.class)));
    }

    private static Pieces fromStored(final StoredPieces stored) {
        return new Pieces(
                stored.round(),
                stored.pieces().stream()
                        .map(name -> Piece.parse(name)
                                .orElseThrow(() -> new IllegalArgumentException(name + " is no piece")))
                        .toList());
    }

    /// @throws IOException if it is not what [#print] makes
    static Kept kept(final byte[] json) throws IOException {
        return sound("an upload", () -> {
            final var stored = JSON.readValue(json, StoredKept.class);
            return new Kept(fromStored(stored.upload()), fromStored(stored.claim()), fromStored(stored.bytes()));
        });
    }
}
