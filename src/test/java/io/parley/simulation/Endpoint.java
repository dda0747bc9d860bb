package io.parley.simulation;

import java.util.HashMap;
import java.util.Map;

/// Something that messages come from and go to.
abstract class Endpoint {
    abstract String name();

    /// When the last message to another one arrives, where order is kept.
    final Map<Endpoint, Long> lastArrival = new HashMap<>();
}
