package io.parley.account;

import java.text.Normalizer;
import java.util.Optional;

/// The rules for what people type: names and passwords.
final class Texts {
    static final int NAME_MAX = 64;
    static final int PLATFORM_MAX = 32;
    static final int PASSWORD_MIN = 10;
    static final int PASSWORD_MAX = 256;

    /// Longer input is not even normalised: no 256 code points take this many UTF-16 units, decomposed as they
    /// may come.
    static final int PASSWORD_UNITS_MAX = 4_096;

    private Texts() {}

    /// As it is kept: NFC, without white space at its ends.
    static String name(final String typed) {
        return typed.length() > 16 * NAME_MAX ? typed : Normalizer.normalize(typed.strip(), Normalizer.Form.NFC);
    }

    /// The same password however its accents were typed.
    static String password(final String typed) {
        return typed.length() > PASSWORD_UNITS_MAX ? typed : Normalizer.normalize(typed, Normalizer.Form.NFC);
    }

    /// What is wrong with a [#name(String)], if anything.
    static Optional<String> wrongName(final String what, final String name, final int most) {
        final int length = name.codePointCount(0, name.length());
        if (length < 1 || length > most) {
            return Optional.of(what + " must be 1 to " + most + " characters");
        }
        if (!isWellFormed(name) || name.chars().anyMatch(Character::isISOControl)) {
            return Optional.of(what + " must not have control characters or lone surrogates");
        }
        return Optional.empty();
    }

    /// What is wrong with a [#password(String)] as a new one, if anything.
    static Optional<String> wrongPassword(final String password) {
        final int length = password.codePointCount(0, password.length());
        if (length < PASSWORD_MIN || length > PASSWORD_MAX) {
            return Optional.of("a password must be " + PASSWORD_MIN + " to " + PASSWORD_MAX + " characters");
        }
        return isWellFormed(password) ? Optional.empty() : Optional.of("a password must not have lone surrogates");
    }

    private static boolean isWellFormed(final String text) {
        return text.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }
}
