package io.parley.http;

import io.parley.content.Octets;
import io.parley.protocol.ErrorCode;
import io.parley.store.Blobs;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/// What an `Upload-Metadata` says that is of use here. All else, such as a file's name, is not kept.
///
/// @param conversation as the client spells it
/// @param sha256       of the whole upload
/// @param type         the declared media type, lower case and without parameters
record UploadMetadata(String conversation, Octets sha256, Optional<String> type) {
    private static final String FORM =
            "give Upload-Metadata with 'conversation' and 'sha256', each followed by a space and its value in base64,"
                    + " separated by commas";

    static UploadMetadata of(final HttpRequest request) {
        final var pairs = pairs(
                request.getHeader("Upload-Metadata").map(HttpHeader::value).orElse(""));
        final var conversation = pairs.get("conversation");
        if (conversation == null) {
            throw new Refused(ErrorCode.INVALID, FORM);
        }
        final var sha256 = Optional.ofNullable(pairs.get("sha256"))
                .flatMap(Octets::parse)
                .filter(octets -> octets.length() == Blobs.HASH_BYTES)
                .orElseThrow(() -> new Refused(
                        ErrorCode.INVALID,
                        "'sha256' in Upload-Metadata is missing or no SHA-256: 32 bytes in base64url without padding,"
                                + " and that in base64 as any value there"));
        return new UploadMetadata(
                conversation,
                sha256,
                Optional.ofNullable(pairs.get("filetype"))
                        .map(type -> type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT)));
    }

    private static Map<String, String> pairs(final String header) {
        final var pairs = new HashMap<String, String>();
        if (header.isBlank()) {
            return pairs;
        }
        for (final var pair : header.split(",", -1)) {
            final var words = pair.strip().split(" ", -1);
            if (words.length > 2 || words[0].isEmpty()) {
                throw new Refused(ErrorCode.INVALID, FORM);
            }
            final var value = words.length == 2 ? text(words[1]) : "";
            if (pairs.putIfAbsent(words[0], value) != null) {
                throw new Refused(ErrorCode.INVALID, "Upload-Metadata has a key twice");
            }
        }
        return pairs;
    }

    private static String text(final String base64) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(base64)))
                    .toString();
        } catch (final IllegalArgumentException | CharacterCodingException garbage) {
            throw new Refused(ErrorCode.INVALID, "a value in Upload-Metadata is not text in base64");
        }
    }
}
