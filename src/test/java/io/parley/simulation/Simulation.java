package io.parley.simulation;

import io.parley.conversation.SummaryReply;
import io.parley.id.ConversationId;
import io.parley.user.UserCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// One history: people write, read, come and go while messages get lost and everything crashes; then all is
/// quiet, and everything must be well.
final class Simulation {
    /// What came of a history.
    ///
    /// @param trace the story, if it was asked for
    record Outcome(Optional<String> violation, int events, List<String> trace) {}

    private final World world;

    private Simulation(final World world) {
        this.world = world;
    }

    static Outcome run(final long seed, final Variant variant, final boolean tracing) {
        return run(new World(seed, variant, false, tracing));
    }

    /// A history in which accounts are deleted.
    static Outcome runDeleting(final long seed, final boolean tracing) {
        return run(new World(seed, Variant.NONE, true, tracing));
    }

    private static Outcome run(final World world) {
        try {
            new Simulation(world).play();
            return new Outcome(Optional.empty(), world.eventsHandled(), world.trace);
        } catch (final Violation violation) {
            return new Outcome(Optional.of(String.valueOf(violation.getMessage())), world.eventsHandled(), world.trace);
        } catch (final RuntimeException thrown) {
            final var where = thrown.getStackTrace();
            return new Outcome(
                    Optional.of(thrown + (where.length > 0 ? " at " + where[0] : "")),
                    world.eventsHandled(),
                    world.trace);
        }
    }

    private void play() {
        if (world.tracing) {
            world.trace(world.conditions.toString());
        }
        for (final var account : world.accounts()) {
            for (final var device : account.devices) {
                if (world.dice.chance(700)) {
                    device.connect();
                }
            }
        }
        for (int left = world.conditions.actions(); left > 0; left--) {
            act();
            world.run(world.now + pause());
        }
        if (world.conditions.cycles() && world.dice.chance(250)) {
            writeLeaveAndReturn();
        } else if (world.conditions.cycles() && world.conditions.faults() && world.dice.chance(250)) {
            readAndVanish();
        }
        becomeQuiet();
        final var end = unfinishedAfter(World.QUIET_MAX, world.judge::unfinished);
        end.ifPresent(problem -> {
            throw new Violation("still after " + World.QUIET_MAX / 60_000 + " quiet minutes: " + problem);
        });
        world.run(world.now + World.SLOW_MAX); // what was on its way has come
        summaries();
        everybodyComesAndGoes();
        world.judge.deletedAreGone();
        world.judge.uploadsAreTold();
    }

    private long pause() {
        final int kind = world.dice.below(10);
        if (kind == 0) {
            return world.dice.between(0, 12_000);
        }
        return kind < 4 ? world.dice.between(0, 5) : world.dice.between(0, world.conditions.gapMax());
    }

    // what happens

    private void act() {
        final var dice = world.dice;
        final var account = dice.of(world.living());
        if (world.deleting && world.living().size() > 1 && dice.chance(25)) {
            delete(account);
            return;
        }
        final var device = world.anyDevice(account);
        final int kind = dice.below(world.conditions.faults() ? 1_000 : 700);
        if (device.isEmpty()) {
            link(account);
        } else if (world.conditions.cycles() && dice.chance(700)) {
            cycle(account, device.get());
        } else if (kind < 320) {
            device.get().send(anyConversation(account), false);
        } else if (kind < 350) {
            device.get().send(anyConversation(account), true);
        } else if (kind < 390) {
            device.get().sendAgain();
        } else if (kind < 470) {
            device.get().disconnect();
        } else if (kind < 570) {
            if (device.get().line == null) {
                device.get().connect();
            }
        } else if (kind < 600) {
            device.get().acknowledge(anyConversation(account), true);
        } else if (kind < 620) {
            device.get().askReceipts();
        } else if (kind < 640) {
            device.get().acknowledgeByRest(anyConversation(account));
        } else if (kind < 660) {
            device.get().manner = dice.of(List.of(Device.Manner.values()));
        } else if (kind < 685) {
            link(account);
        } else if (kind < 700) {
            unlink(account, device.get());
        } else {
            fault(account, device.get(), kind - 700);
        }
    }

    private void cycle(final Account account, final Device device) {
        final int kind = world.dice.below(10);
        if (kind < 4) {
            device.send(anyConversation(account), world.dice.chance(400));
        } else if (device.line == null) {
            device.connect();
        } else if (kind < 6) {
            device.boxes.keySet().forEach(conversation -> device.acknowledge(conversation, world.dice.chance(300)));
        } else {
            device.boxes.keySet().forEach(conversation -> device.acknowledge(conversation, false));
            world.in(world.conditions.delayMax(), device::disconnect);
        }
    }

    /// Somebody writes, leaves, and is back before the others read: a tick for one whose inbox has forgotten.
    private void writeLeaveAndReturn() {
        final var dice = world.dice;
        final var accounts = world.living();
        final var writer = dice.of(accounts);
        if (writer.devices.isEmpty()) {
            return;
        }
        world.still = true;
        for (final var account : accounts) {
            for (final var device : account.devices) {
                device.manner = account.user.equals(writer.user) ? Device.Manner.AT_ONCE : Device.Manner.NOT_NOW;
                if (device.line == null) {
                    device.connect();
                }
            }
        }
        world.run(world.now + dice.between(100, 9_000));
        writer.devices.getFirst().send(anyConversation(writer), false);
        world.run(world.now + dice.between(100, 1_500));
        writer.devices.forEach(
                each -> each.boxes.keySet().forEach(conversation -> each.acknowledge(conversation, false)));
        world.run(world.now + dice.between(50, 500));
        writer.devices.forEach(Device::disconnect);
        world.run(world.now + dice.between(100, 1_500));
        writer.devices.forEach(Device::connect);
        world.run(world.now + dice.between(100, 3_000));
        world.still = false;
        for (final var account : accounts) {
            for (final var device : account.devices) {
                device.boxes.keySet().forEach(conversation -> device.acknowledge(conversation, false));
            }
        }
        world.run(world.now + dice.between(0, 1_500));
    }

    /// Somebody reads, and then his inbox crashes and his connection dies without a word: what is stored must
    /// be told.
    private void readAndVanish() {
        final var dice = world.dice;
        final var reader = dice.of(world.living());
        for (final var device : reader.devices) {
            device.manner = Device.Manner.NOT_NOW;
            if (device.line == null) {
                device.connect();
            }
        }
        world.run(world.now + dice.between(100, 1_500));
        for (final var device : reader.devices) {
            device.boxes.keySet().forEach(conversation -> device.acknowledge(conversation, true));
            device.staysAway = true;
        }
        if (dice.chance(500)) {
            world.inbox(reader.user).doomed = true;
        }
        world.run(world.now + dice.between(1, 150));
        for (final var device : reader.devices) {
            final var line = device.line;
            if (line != null) {
                line.dies();
            }
        }
        world.run(world.now + dice.between(1, 50));
        world.inbox(reader.user).crash();
        world.run(world.now + dice.between(0, 1_500));
    }

    private void fault(final Account account, final Device device, final int kind) {
        final var dice = world.dice;
        final var line = device.line;
        if (world.tracing) {
            world.trace("fault " + kind + " " + device.name());
        }
        if (kind < 40) {
            world.inbox(account.user).crash();
        } else if (kind < 80) {
            world.conversation(anyConversation(account)).crash();
        } else if (kind < 120) {
            world.inbox(account.user).doomed = true;
        } else if (kind < 150) {
            world.conversation(anyConversation(account)).doomed = true;
        } else if (kind < 175) {
            world.inbox(account.user).passivate();
        } else if (kind < 200) {
            world.conversation(anyConversation(account)).passivate();
        } else if (kind < 240) {
            if (line != null) {
                line.breaks();
            }
        } else if (kind < 260) {
            if (line != null) {
                line.dies();
            }
        } else if (kind < 285) {
            device.connect(); // perhaps beside a connection that is there
        } else if (kind < 293) {
            world.storm = true;
            world.in(dice.between(10, 3_000), () -> world.storm = false);
        } else if (line != null) {
            line.silent = true;
        }
    }

    private ConversationId anyConversation(final Account account) {
        final var all = world.conversationsOf(account.user);
        final boolean main = world.dice.chance(700);
        return main ? all.get(Math.min(1, all.size() - 1)).id : world.dice.of(all).id;
    }

    private void delete(final Account account) {
        if (world.tracing) {
            world.trace(account.user + " is deleted");
        }
        account.delete();
    }

    private void link(final Account account) {
        if (account.devices.size() < 4) {
            final var device = world.newDevice(account.user);
            account.link(device);
            world.in(world.dice.between(0, 2_000), () -> {
                if (device.linked) {
                    device.wantsOnline = true;
                    connectWhenNoted(device);
                }
            });
        }
    }

    private void connectWhenNoted(final Device device) {
        if (!device.linked || device.line != null || !device.wantsOnline) {
            return;
        }
        if (device.noted) {
            device.connect();
        } else {
            world.in(300, () -> connectWhenNoted(device));
        }
    }

    private void unlink(final Account account, final Device device) {
        if (account.devices.size() > 1 || world.dice.chance(200)) {
            account.unlink(device);
        }
    }

    // quiet

    private void becomeQuiet() {
        world.quiet = true;
        if (world.tracing) {
            world.trace("quiet");
        }
        for (final var inbox : world.inboxes()) {
            inbox.doomed = false;
            inbox.handle(new UserCommand.Tick(inbox.user)); // one that is down tells nobody anything until it starts
        }
        world.conversations().forEach(conversation -> conversation.doomed = false);
        for (final var account : world.accounts()) {
            for (final var device : account.devices) {
                if (!device.staysAway && world.dice.chance(700)) {
                    comesOnline(device);
                } else {
                    device.disconnect();
                }
            }
        }
    }

    private void comesOnline(final Device device) {
        device.wantsOnline = true;
        device.manner = Device.Manner.AT_ONCE;
        final var line = device.line;
        if (line == null || line.silent || !line.linked) {
            if (device.noted) {
                if (line != null && line.linked) {
                    line.hangUp();
                }
                device.connect();
            } else {
                connectWhenNoted(device);
            }
        } else {
            device.boxes.keySet().forEach(conversation -> device.acknowledge(conversation, false));
        }
    }

    private Optional<String> unfinishedAfter(final long most, final Supplier<Optional<String>> problems) {
        final long last = world.now + most;
        long step = 50;
        var problem = problems.get();
        while (problem.isPresent() && world.now < last) {
            world.run(world.now + step);
            step = Math.min(step * 2, 2_000);
            problem = problems.get();
        }
        return problem;
    }

    private void summaries() {
        final var answered = new ArrayList<SummaryReply>();
        final int asked = world.askSummaries(answered);
        unfinishedAfter(
                        10_000,
                        () -> answered.size() < asked
                                ? Optional.of(asked - answered.size() + " summaries are not answered")
                                : Optional.empty())
                .ifPresent(problem -> {
                    throw new Violation(problem);
                });
    }

    private void everybodyComesAndGoes() {
        world.accounts().forEach(account -> account.devices.forEach(this::comesOnline));
        unfinishedAfter(World.QUIET_MAX, world.judge::unfinished).ifPresent(problem -> {
            throw new Violation("with everybody online: " + problem);
        });
        world.accounts().forEach(account -> account.devices.forEach(Device::disconnect));
        unfinishedAfter(World.QUIET_MAX, world.judge::notClosed).ifPresent(problem -> {
            throw new Violation(problem);
        });
    }
}
