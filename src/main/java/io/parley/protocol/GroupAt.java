package io.parley.protocol;

import java.util.OptionalLong;

/// Where a conversation's MLS group stands: what somebody is told who thinks that it is elsewhere.
///
/// @param epoch the group's; empty: there is no group
/// @param seq   the entry that began it; 0: none did
public record GroupAt(OptionalLong epoch, long seq) {
    /// Prints `epoch` and `seq` into an object that is begun.
    public void printTo(final JsonPrinter out) {
        if (epoch.isPresent()) {
            out.member("epoch", epoch.getAsLong());
        }
        out.member("seq", seq);
    }
}
