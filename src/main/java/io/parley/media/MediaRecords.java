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
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What stands beside the bytes of an upload: `upload.json`, and `claim.json` once a message is to carry it.
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

    private MediaRecords() {}

    static String print(final Upload upload) throws IOException {
        return JSON.writeValueAsString(new StoredUpload(
                upload.id().value(),
                upload.owner().value(),
                upload.conversation().value(),
                upload.bytes(),
                upload.sha256().base64url(),
                upload.created().toEpochMilli()));
    }

    static String print(final Standing.Claimed claimed) throws IOException {
        final var by = claimed.by();
        return JSON.writeValueAsString(new StoredClaim(
                by.conversation().value(),
                by.author().value(),
                by.message().value(),
                by.head(),
                claimed.at().toEpochMilli(),
                claimed.seq().isPresent() ? claimed.seq().getAsLong() : null));
    }

    /// @throws IOException if it is not what [#print] makes
    static Upload upload(final byte[] json) throws IOException {
        try {
            final var stored = JSON.readValue(json, StoredUpload.class);
            return new Upload(
                    new MediaId(stored.id()),
                    new UserId(stored.owner()),
                    new ConversationId(stored.conversation()),
                    stored.bytes(),
                    Octets.parse(stored.sha256()).orElseThrow(() -> new IllegalArgumentException("no hash")),
                    Instant.ofEpochMilli(stored.created()));
        } catch (final JsonProcessingException | IllegalArgumentException damaged) {
            throw new IOException("the record of an upload is damaged: " + damaged.getMessage(), damaged);
        }
    }

    /// @throws IOException if it is not what [#print] makes
    static Standing.Claimed claim(final byte[] json) throws IOException {
        try {
            final var stored = JSON.readValue(json, StoredClaim.class);
            return new Standing.Claimed(
                    new Claim(
                            new ConversationId(stored.conversation()),
                            new UserId(stored.author()),
                            new MessageId(stored.message()),
                            stored.head()),
                    Instant.ofEpochMilli(stored.at()),
                    stored.seq() == null ? OptionalLong.empty() : OptionalLong.of(stored.seq()));
        } catch (final JsonProcessingException | IllegalArgumentException damaged) {
            throw new IOException("the record of a claim is damaged: " + damaged.getMessage(), damaged);
        }
    }
}
