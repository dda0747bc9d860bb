package io.parley.http;

import io.parley.account.Outcome;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.protocol.JsonPrinter;
import io.parley.user.UserCommand;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/// A person's linked devices, as the account has them, each with when the person's inbox last saw it.
final class DeviceList {
    private final Entities entities;

    DeviceList(final Entities entities) {
        this.entities = entities;
    }

    /// When each device of `user` was last seen; those that never were are left out.
    CompletionStage<Map<DeviceId, Instant>> seen(final UserId user) {
        return entities.<UserCommand.DevicesReply>askUser(replyTo -> new UserCommand.AskDevices(user, replyTo))
                .thenApply(reply -> {
                    final var seen = new HashMap<DeviceId, Instant>();
                    reply.devices().forEach(device -> device.lastSeen().ifPresent(at -> seen.put(device.device(), at)));
                    return Map.copyOf(seen);
                });
    }

    /// Prints the member `devices`.
    static void print(
            final JsonPrinter json,
            final List<Outcome.DeviceOnList> linked,
            final Map<DeviceId, Instant> seen,
            final Predicate<DeviceId> isCurrent) {
        json.name("devices").array();
        for (final var device : linked) {
            json.object()
                    .member("device", device.device().value())
                    .member("name", device.name())
                    .member("platform", device.platform())
                    .member("linked", device.linked());
            final var lastSeen = seen.get(device.device());
            if (lastSeen != null) {
                json.member("lastSeen", lastSeen);
            }
            json.member("current", isCurrent.test(device.device())).end();
        }
        json.endArray();
    }
}
