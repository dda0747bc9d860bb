package io.parley.history;

import java.util.List;

/// A promise that was broken.
///
/// @param events what shows it, in the order of happening; the last one is where it showed
public record Violation(Invariant invariant, String text, List<Event> events) {
    /// When it showed.
    public long at() {
        return events.isEmpty() ? 0 : events.getLast().at();
    }

    @Override
    public String toString() {
        return invariant + ": " + text;
    }
}
