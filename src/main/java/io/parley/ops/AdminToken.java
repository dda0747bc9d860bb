package io.parley.ops;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.regex.Pattern;

/// What an operator names to administer. Compared in constant time, and printed nowhere.
public final class AdminToken {
    private static final Pattern FORM = Pattern.compile("[!-~]{16,512}");

    private final byte[] fingerprint;

    private AdminToken(final byte[] fingerprint) {
        this.fingerprint = fingerprint;
    }

    /// The token that was set.
    ///
    /// @param text empty: none
    /// @throws IllegalArgumentException if it can be guessed too easily, or not be sent in a header; the
    ///     message is one sentence, without the token
    public static Optional<AdminToken> of(final String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("parley.admin-token (PARLEY_ADMIN_TOKEN) is 16 to 512 printable ASCII"
                    + " characters without spaces, such as `openssl rand -hex 32` makes");
        }
        return Optional.of(new AdminToken(fingerprint(text)));
    }

    /// Whether this is the token.
    boolean is(final String shown) {
        return MessageDigest.isEqual(fingerprint, fingerprint(shown)); // of equal length, so this says nothing of it
    }

    private static byte[] fingerprint(final String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (final NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java has SHA-256
        }
    }

    @Override
    public String toString() {
        return "AdminToken";
    }
}
