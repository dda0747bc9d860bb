package io.parley.simulation;

import java.util.List;

/// What an entity has decided: first these events are stored, then the rest is done.
///
/// @param <E> the entity's events
public interface Step<E> {
    List<E> events();

    /// Does what follows once the events are stored.
    void perform();

    /// Does what follows where they are not.
    void notStored();
}
