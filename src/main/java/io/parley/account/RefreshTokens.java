package io.parley.account;

import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;

/// Refresh tokens: `r1.<kid>.<user>.<device>.<generation>.<counter>.<seal>`, the seal being HMAC-SHA256 over
/// all before its dot under a key that is derived from the signing key ([TokenKeys.Key#refresh()]).
///
/// So the journal holds no secret, only the counter; and who lost an answer gets the same pair again by
/// computing it once more.
final class RefreshTokens {
    private static final Pattern FORM = Pattern.compile("(r1\\.([A-Za-z0-9_-]{1,64})\\.([a-z0-9][a-z0-9._-]{1,31})"
            + "\\.([0-9a-f]{16})\\.([0-9]{1,18})\\.([0-9]{1,18}))\\.([A-Za-z0-9_-]{43})");
    private static final int CHARACTERS_MAX = 256;

    /// @param generation of the device
    /// @param counter    which of its refresh tokens
    record Content(UserId user, DeviceId device, long generation, long counter) {}

    private final TokenKeys keys;

    RefreshTokens(final TokenKeys keys) {
        this.keys = keys;
    }

    String seal(final Content content) {
        final var key = keys.signing();
        final var text = "r1." + key.kid() + "." + content.user() + "." + content.device() + "." + content.generation()
                + "." + content.counter();
        return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac(key, text));
    }

    /// What the token says, if one of our keys sealed it.
    Optional<Content> open(final String token) {
        if (token.length() > CHARACTERS_MAX) {
            return Optional.empty();
        }
        final var match = FORM.matcher(token);
        if (!match.matches()) {
            return Optional.empty();
        }
        final var shown = match.group(7).getBytes(StandardCharsets.US_ASCII);
        return keys.named(match.group(2))
                .filter(key -> MessageDigest.isEqual(
                        Base64.getUrlEncoder().withoutPadding().encode(mac(key, match.group(1))), shown))
                .map(key -> new Content(
                        new UserId(match.group(3)),
                        new DeviceId(match.group(4)),
                        Long.parseLong(match.group(5)),
                        Long.parseLong(match.group(6))));
    }

    private static byte[] mac(final TokenKeys.Key key, final String text) {
        try {
            final var mac = Mac.getInstance("HmacSHA256");
            mac.init(key.refresh());
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (final GeneralSecurityException broken) {
            throw new IllegalStateException("this JDK has no HmacSHA256", broken);
        }
    }
}
