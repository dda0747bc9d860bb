package io.parley.history;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// A client, as its history goes on.
final class Device {
    /// What it was told of somebody.
    private record Whom(Log log, String user) {}

    /// The highest receipts that came.
    static final class Told {
        long delivered;
        long read;
        int connection;
    }

    final String client;
    final String user;
    final String name;

    /// Grows with each connection and each end of one.
    int connection;

    boolean connected;
    boolean caughtUp;
    boolean everConnected;

    /// As far as conversations had been seen when its last connection ended: what was stored by then is
    /// undelivered at the next hello.
    Map<Log, Long> headsAtBreak = Map.of();

    Map<Log, Long> headsAtHello = Map.of();
    private final Map<Log, Box> boxes = new LinkedHashMap<>();
    private final Map<Whom, Told> told = new HashMap<>();

    Device(final String client, final String user) {
        this.client = client;
        this.user = user;
        this.name = client.substring(Math.min(client.length(), user.length() + 1));
    }

    Box box(final Log log) {
        return boxes.computeIfAbsent(log, _ -> new Box(log, this));
    }

    Iterable<Box> boxes() {
        return boxes.values();
    }

    Told told(final Log log, final String whom) {
        return told.computeIfAbsent(new Whom(log, whom), _ -> new Told());
    }

    /// What nobody has seen may be its own.
    boolean hasSent(final Log log, final long seq) {
        final var entry = log.at(seq);
        if (entry == null) {
            return true;
        }
        if (!entry.from().equals(user)) {
            return false;
        }
        if (!entry.device().isEmpty()) {
            return entry.device().equals(name);
        }
        final var message = log.message(user, entry.id());
        return message == null || message.isCalledBy(client);
    }

    @Override
    public String toString() {
        return client;
    }
}
