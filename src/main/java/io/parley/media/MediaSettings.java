package io.parley.media;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What is kept where, and how much of it (`parley.media`).
///
/// @param directory  where uploads are kept; all nodes of a cluster see the same one. Empty: not in a directory
/// @param bucket     where they are kept instead. Both empty: there are none
/// @param bytesMax   of one upload
/// @param quotaBytes of all uploads of one person that still exist
/// @param types      media types that may be uploaded, such as `image/png`, or `image/*`; empty: all
/// @param sweepEvery how often those are looked for
/// @param unsentFor  how long an upload stays that no message carries, and an unfinished one of which no more
/// comes
public record MediaSettings(
        Optional<Path> directory,
        Optional<BucketSettings> bucket,
        long bytesMax,
        long quotaBytes,
        Set<String> types,
        Duration unsentFor,
        Duration sweepEvery) {
    private static final Pattern TYPE = Pattern.compile("[a-z0-9.+-]+/([a-z0-9.+-]+|\\*)");

    /// @throws IllegalArgumentException if one cannot be; the message names the setting
    public MediaSettings {
        types = Set.copyOf(types);
        if (directory.isPresent() && bucket.isPresent()) {
            throw new IllegalArgumentException("uploads are kept in one place: set parley.media.directory"
                    + " (PARLEY_MEDIA_DIR) or parley.media.s3.bucket (PARLEY_MEDIA_S3_BUCKET), not both");
        }
        types.stream().filter(type -> !TYPE.matcher(type).matches()).findFirst().ifPresent(type -> {
            throw new IllegalArgumentException(
                    "parley.media.types (PARLEY_MEDIA_TYPES) has " + type + ": give such as image/png or image/*");
        });
        if (bytesMax < 1) {
            throw new IllegalArgumentException("parley.media.size-max (PARLEY_MEDIA_SIZE_MAX) must be at least 1 byte");
        }
        if (quotaBytes < bytesMax) {
            throw new IllegalArgumentException(
                    "parley.media.quota (PARLEY_MEDIA_QUOTA) must be at least parley.media.size-max");
        }
        if (unsentFor.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException("parley.media.unsent-for must be at least a minute");
        }
        if (sweepEvery.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("parley.media.sweep-every must be at least a second");
        }
    }

    /// Reads them.
    ///
    /// @param usual the directory where neither one nor a bucket is named
    public static MediaSettings from(final Config config, final Optional<Path> usual) {
        final var media = config.getConfig("parley.media");
        final var named = media.getString("directory").strip();
        final var bucket = BucketSettings.from(media);
        return new MediaSettings(
                named.isEmpty() ? usual.filter(_ -> bucket.isEmpty()) : Optional.of(Path.of(named)),
                bucket,
                media.getBytes("size-max"),
                media.getBytes("quota"),
                Arrays.stream(media.getString("types").split(","))
                        .map(each -> each.strip().toLowerCase(Locale.ROOT))
                        .filter(each -> !each.isEmpty())
                        .collect(Collectors.toUnmodifiableSet()),
                media.getDuration("unsent-for"),
                media.getDuration("sweep-every"));
    }

    /// Whether something of this declared type may be uploaded.
    ///
    /// @param type lower case, without parameters; empty: not declared
    boolean takes(final Optional<String> type) {
        return types.isEmpty()
                || type.filter(each -> types.contains(each) || types.contains(each.replaceFirst("/.*", "/*")))
                        .isPresent();
    }
}
