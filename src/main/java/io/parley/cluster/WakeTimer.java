package io.parley.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/// One timer for everything an entity wants to be woken for. Arming costs a place in the scheduler, so a wish
/// that is no earlier than the one armed is left to be seen when that one fires.
///
/// @param <C> the entity's commands
public final class WakeTimer<C> {
    /// A wish in the past is granted after this, so that a mistake cannot become a busy loop.
    private static final Duration LEAST = Duration.ofMillis(1);

    private final TimerScheduler<C> timers;
    private final C tick;

    @Nullable
    private Instant armedFor;

    /// A timer that is not armed.
    ///
    /// @param tick the command that comes when the time has come
    public WakeTimer(final TimerScheduler<C> timers, final C tick) {
        this.timers = timers;
        this.tick = tick;
    }

    /// The tick has come.
    public void fired() {
        armedFor = null;
    }

    /// Makes sure that a tick comes at `wish` or before.
    public void arm(final Optional<Instant> wish, final Instant now) {
        if (wish.isEmpty() || (armedFor != null && !wish.get().isBefore(armedFor))) {
            return;
        }
        final var wait = wish.get().isBefore(now.plus(LEAST)) ? LEAST : Duration.between(now, wish.get());
        armedFor = now.plus(wait);
        timers.startSingleTimer(tick, tick, wait);
    }

    /// Forgets what was armed, after a restart that lost it.
    public void reset() {
        armedFor = null;
        timers.cancel(tick);
    }
}
