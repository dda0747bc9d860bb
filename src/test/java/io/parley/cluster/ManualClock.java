package io.parley.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that stands until it is put forward.
public final class ManualClock implements InstantSource {
    private volatile Instant now;

    public ManualClock(final Instant now) {
        this.now = now;
    }

    public void forward(final Duration by) {
        now = now.plus(by);
    }

    @Override
    public Instant instant() {
        return now;
    }
}
