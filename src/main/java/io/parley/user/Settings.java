package io.parley.user;

import java.util.Arrays;
import java.util.Optional;

/// What a person lets others know.
///
/// @param lastSeen     who may see when the person is online, was last seen, or is typing
/// @param readReceipts whether others see what the person has read; off hides others' from the person too
public record Settings(Audience lastSeen, boolean readReceipts) {
    /// What holds until the person says otherwise.
    public static final Settings DEFAULT = new Settings(Audience.EVERYONE, true);

    /// Who may see something.
    public enum Audience {
        EVERYONE("everyone"),
        /// People the person has written to.
        WRITTEN_TO("written-to"),
        NOBODY("nobody");

        private final String wire;

        Audience(final String wire) {
            this.wire = wire;
        }

        /// The word for it in REST and in the journal.
        public String wire() {
            return wire;
        }

        /// The audience `wire` names, or empty if it names none.
        public static Optional<Audience> parse(final String wire) {
            return Arrays.stream(values())
                    .filter(audience -> audience.wire.equals(wire))
                    .findFirst();
        }
    }
}
