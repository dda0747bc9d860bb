package io.parley.simulation;

import io.parley.id.UserId;
import io.parley.user.UserCommand;
import io.parley.user.UserEvent;
import java.util.ArrayList;
import java.util.List;

/// A user's account: which devices are linked, told to the inbox until it has noted them.
final class Account extends Endpoint {
    final World world;
    final UserId user;
    final List<Device> devices = new ArrayList<>();
    private long version;
    private long noted;

    /// It was deleted.
    boolean gone;

    Account(final World world, final UserId user) {
        this.world = world;
        this.user = user;
    }

    @Override
    String name() {
        return "account of " + user;
    }

    List<UserEvent.Linked> list() {
        return devices.stream()
                .map(device -> new UserEvent.Linked(device.id, device.generation))
                .toList();
    }

    /// The account as it is when a history begins.
    UserEvent begin() {
        version = 1;
        noted = 1;
        devices.forEach(device -> {
            device.linked = true;
            device.noted = true;
        });
        return new UserEvent.DevicesLinked(user.value(), 1, list(), world.now);
    }

    /// Whether the inbox knows the devices as they are.
    boolean isNoted() {
        return noted == version;
    }

    void link(final Device device) {
        device.linked = true;
        devices.add(device);
        change();
        device.since = version;
    }

    void unlink(final Device device) {
        device.linked = false;
        devices.remove(device);
        device.unlinked();
        change();
    }

    void delete() {
        gone = true;
        for (final var device : List.copyOf(devices)) {
            device.linked = false;
            devices.remove(device);
            device.unlinked();
        }
        change();
    }

    private void change() {
        version++;
        say(version, list(), gone);
    }

    private void say(final long what, final List<UserEvent.Linked> list, final boolean end) {
        if (noted >= what) {
            return;
        }
        world.sender = this;
        final var inbox = world.inbox(user);
        final var command =
                new UserCommand.LinkDevices(user, user.value(), what, list, end, new Address<>(world, this, answer -> {
                    noted = Math.max(noted, answer.version());
                    devices.stream().filter(device -> device.since <= noted).forEach(device -> device.noted = true);
                }));
        world.send(inbox, command, () -> inbox.handle(command));
        world.in(500, () -> say(what, list, end));
    }
}
