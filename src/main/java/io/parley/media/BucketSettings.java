package io.parley.media;

import com.typesafe.config.Config;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/// A bucket of an S3-compatible store (`parley.media.s3`).
///
/// @param bucket    its name; it is there already
/// @param endpoint  where the store is, without a path; empty: Amazon's own, of the region
/// @param region    what requests are signed for
/// @param pathStyle the bucket stands in the path rather than in the host's name, as most stores that are not
/// Amazon's want it
public record BucketSettings(
        String bucket, Optional<URI> endpoint, String region, String accessKey, String secretKey, boolean pathStyle) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    /// @throws IllegalArgumentException if one cannot be; the message names the setting, and never the key
    public BucketSettings {
        if (!NAME.matcher(bucket).matches()) {
            throw new IllegalArgumentException("parley.media.s3.bucket (PARLEY_MEDIA_S3_BUCKET) is 3 to 63 of"
                    + " a-z 0-9 . - and begins and ends with a letter or digit, which " + bucket + " does not");
        }
        if (region.isEmpty()) {
            throw new IllegalArgumentException("parley.media.s3.region (PARLEY_MEDIA_S3_REGION) is empty: requests are"
                    + " signed for a region; a store that has none takes us-east-1");
        }
        if (accessKey.isEmpty() || secretKey.isEmpty()) {
            throw new IllegalArgumentException("parley.media.s3.bucket needs parley.media.s3.access-key and"
                    + " parley.media.s3.secret-key (PARLEY_MEDIA_S3_ACCESS_KEY, PARLEY_MEDIA_S3_SECRET_KEY)");
        }
    }

    /// Reads them; empty: no bucket is named.
    static Optional<BucketSettings> from(final Config media) {
        final var s3 = media.getConfig("s3");
        final var bucket = s3.getString("bucket").strip();
        return bucket.isEmpty()
                ? Optional.empty()
                : Optional.of(new BucketSettings(
                        bucket,
                        endpoint(s3.getString("endpoint").strip()),
                        s3.getString("region").strip(),
                        s3.getString("access-key").strip(),
                        s3.getString("secret-key").strip(),
                        s3.getBoolean("path-style")));
    }

    private static Optional<URI> endpoint(final String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        final var wrong = "parley.media.s3.endpoint (PARLEY_MEDIA_S3_ENDPOINT) is such as https://s3.example.org or"
                + " http://10.0.0.5:9000, without a path, not " + text;
        try {
            final var uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            if (uri.getHost() == null
                    || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    || !uri.getRawPath().isEmpty()
                    || uri.getRawQuery() != null
                    || uri.getRawUserInfo() != null) {
                throw new IllegalArgumentException(wrong);
            }
            return Optional.of(uri);
        } catch (final IllegalArgumentException unusable) {
            throw new IllegalArgumentException(wrong, unusable);
        }
    }

    /// For logs: the bucket and where it is.
    @Override
    public String toString() {
        return "the bucket " + bucket + " at "
                + endpoint.map(URI::toString).orElse("Amazon S3, " + region); // no key, ever
    }
}
