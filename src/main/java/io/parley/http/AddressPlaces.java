package io.parley.http;

import io.parley.cluster.Counters;
import io.parley.protocol.CloseCode;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.ServerFrame;
import io.parley.websocket.Owner;
import io.parley.websocket.Socket;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/// How many WebSockets each address may have open at once. One beyond that is accepted, since a browser sees
/// nothing of a refused upgrade, told why and closed; no session is made for it. Safe from any thread.
final class AddressPlaces {
    /// Places come free as others leave, and nobody knows when that is.
    private static final int RETRY_AFTER_SECONDS = 10;

    private final int most;
    private final Counters counters;
    private final ConcurrentHashMap<String, Integer> openByAddress = new ConcurrentHashMap<>(); // none that is 0

    AddressPlaces(final int most, final Counters counters) {
        this.most = most;
        this.counters = counters;
    }

    /// The owners of connections from `address`.
    Owner.Factory from(final String address, final Owner.Factory owners) {
        return socket -> take(address) ? new Seated(address, owners.own(socket)) : refuse(socket);
    }

    private boolean take(final String address) {
        final var free = new boolean[1];
        openByAddress.compute(address, (_, open) -> {
            final int now = open == null ? 0 : open;
            free[0] = now < most;
            return free[0] ? Integer.valueOf(now + 1) : open;
        });
        return free[0];
    }

    private void leave(final String address) {
        openByAddress.computeIfPresent(address, (_, open) -> open == 1 ? null : open - 1);
    }

    private Owner refuse(final Socket socket) {
        counters.count("connection_address_full");
        final var why = "too many connections from this address";
        socket.write(FrameCodec.print(new ServerFrame.Refusal(
                ErrorCode.RATE_LIMITED,
                why,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(RETRY_AFTER_SECONDS))));
        socket.close(CloseCode.TOO_MANY_CONNECTIONS.code(), why);
        return new Refused();
    }

    /// Gives the place back when the connection ends.
    private final class Seated implements Owner {
        private final String address;
        private final Owner owner;

        Seated(final String address, final Owner owner) {
            this.address = address;
            this.owner = owner;
        }

        @Override
        public void text(final String message) {
            owner.text(message);
        }

        @Override
        public void binary() {
            owner.binary();
        }

        @Override
        public void ended() {
            leave(address);
            owner.ended();
        }
    }

    /// Hears nothing.
    private record Refused() implements Owner {
        @Override
        public void text(final String message) {}

        @Override
        public void binary() {}

        @Override
        public void ended() {}
    }
}
