package io.parley.protocol;

import org.jspecify.annotations.Nullable;

/// The value of a member that was read, not yet judged.
sealed interface Value {
    record Text(String value) implements Value {}

    /// A number, not computed with.
    ///
    /// @param digits as they were written, fraction and exponent included
    record Numeral(String digits) implements Value {}

    record Truth(boolean value) implements Value {}

    /// An object or an array as compact JSON.
    ///
    /// @param type the object's own member `type`, if that is a string
    /// @param text the object's own member `text`, if that is a string
    /// @param message the object's own member `message`, if that is a string
    record Nested(
            boolean isObject,
            String json,
            @Nullable String type,
            @Nullable String text,
            @Nullable String message) implements Value {}

    /// JSON's null among the elements of an array; as a member it is absent.
    enum Nothing implements Value {
        HERE
    }
}
