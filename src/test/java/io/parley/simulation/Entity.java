package io.parley.simulation;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An event-sourced entity as Pekko runs it: one command at a time, events stored before their effects,
/// commands that come during a write stashed; what is volatile dies with each life, the journal stays.
abstract class Entity<C, E> extends Endpoint {
    final World world;
    final List<E> journal = new ArrayList<>();
    final ArrayDeque<C> stash = new ArrayDeque<>();
    boolean up;
    int life;

    /// The next write does not end well.
    boolean doomed;

    @Nullable
    private List<E> beingStored;

    private long timerAt = Long.MAX_VALUE;
    private int timer;

    Entity(final World world) {
        this.world = world;
    }

    abstract void start();

    abstract Step<E> decide(C command);

    abstract void apply(E event);

    abstract Optional<Instant> wakeAt();

    abstract C tick();

    abstract void farewell();

    abstract void takeSnapshot();

    /// What is durable has changed: is all well?
    abstract void judge(List<E> events);

    /// What is to be stored; a place for variants to tamper with.
    List<E> events(final Step<E> step) {
        return step.events();
    }

    /// Whether effects are let out before the events are stored, which no sound entity does.
    boolean tellsEarly(final List<E> events) {
        return false;
    }

    /// A command comes; an entity that is down is started by it.
    final void handle(final C command) {
        if (!up) {
            up = true;
            world.sender = this;
            start();
            armTimer();
        }
        if (beingStored == null) {
            run(command);
        } else {
            stash.addLast(command);
        }
    }

    /// A command to oneself: reliable, but gone with this life.
    final void self(final long millis, final C command) {
        final int sentIn = life;
        world.in(millis, () -> {
            if (up && life == sentIn) {
                handle(command);
            }
        });
    }

    private void run(final C command) {
        world.sender = this;
        if (world.tracing) {
            world.trace(name() + " <- " + command);
        }
        final var step = decide(command);
        final var events = events(step);
        armTimer();
        if (events.isEmpty()) {
            step.perform();
            return;
        }
        beingStored = events;
        if (world.tracing) {
            world.trace(name() + " writes " + events);
        }
        if (tellsEarly(events)) {
            step.perform();
        }
        final int writtenIn = life;
        final int takes = world.writeMillis();
        if (doomed) {
            doomed = false;
            world.in(world.dice.between(0, takes), () -> {
                if (life == writtenIn && !world.quiet) {
                    world.sender = this;
                    if (world.dice.chance(300)) {
                        step.notStored(); // failed, as far as anyone knows
                    }
                    crash();
                }
            });
        }
        world.in(takes, () -> {
            if (life == writtenIn) {
                stored(step, events);
            }
        });
    }

    private void stored(final Step<E> step, final List<E> events) {
        world.sender = this;
        beingStored = null;
        journal.addAll(events);
        events.forEach(this::apply);
        if (world.tracing) {
            world.trace(name() + " has written " + events);
        }
        judge(events);
        if (world.dice.chance(world.conditions.faults() ? 100 : 20)) {
            takeSnapshot();
        }
        if (!tellsEarly(events)) {
            step.perform();
        }
        while (beingStored == null && !stash.isEmpty()) {
            run(stash.removeFirst());
        }
    }

    private void armTimer() {
        final var wanted = wakeAt();
        final long at = wanted.map(instant -> Math.max(instant.toEpochMilli(), world.now + 1))
                .orElse(Long.MAX_VALUE);
        if (at == timerAt) {
            return;
        }
        timerAt = at;
        final int armed = ++timer;
        if (at != Long.MAX_VALUE) {
            final int armedIn = life;
            world.in(at - world.now, () -> {
                if (up && life == armedIn && timer == armed) {
                    timerAt = Long.MAX_VALUE;
                    handle(tick());
                }
            });
        }
    }

    /// Everything volatile is lost; a write under way is stored or not.
    final void crash() {
        if (!up) {
            return;
        }
        if (beingStored != null && world.dice.chance(500)) {
            final var events = beingStored;
            journal.addAll(events);
            events.forEach(this::apply);
            if (world.tracing) {
                world.trace(name() + " crashes, but has written " + events);
            }
            judge(events);
        } else if (world.tracing) {
            world.trace(name() + " crashes" + (beingStored == null ? "" : ", its write is lost"));
        }
        die();
    }

    /// The entity makes room, or moves.
    final void passivate() {
        if (up && beingStored == null) {
            if (world.tracing) {
                world.trace(name() + " stops");
            }
            world.sender = this;
            farewell();
            die();
        }
    }

    private void die() {
        up = false;
        life++;
        beingStored = null;
        stash.clear();
        timerAt = Long.MAX_VALUE;
        timer++;
    }

    final void check(final boolean holds, final Supplier<String> what) {
        if (!holds) {
            throw new Violation(name() + ": " + what.get());
        }
    }
}
