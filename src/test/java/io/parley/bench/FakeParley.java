package io.parley.bench;

import io.parley.client.ScriptedServer;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.Addressing;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.FrameException;
import io.parley.protocol.Limits;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.WireEntry;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/// The least that can be taken for a Parley by the load driver: everything in memory, everybody online, and one
/// fault of choice every hundredth message.
public final class FakeParley implements AutoCloseable {
    /// What it does wrong.
    public enum Fault {
        NONE,
        LOSES,
        STORES_TWICE,
        PUSHES_TWICE,
        SWAPS
    }

    private static final Pattern USER = Pattern.compile("\"user\":\"([^\"]+)\"");
    private static final long FAULT_EVERY = 100;

    private final Fault fault;
    private final ScriptedServer server;
    private final Map<UserId, ScriptedServer.Connection> online = new ConcurrentHashMap<>();
    private final Map<ConversationId, AtomicLong> heads = new ConcurrentHashMap<>();
    private final Map<ConversationId, ServerFrame.Message> held = new ConcurrentHashMap<>();
    private final AtomicLong count = new AtomicLong();

    FakeParley(final Fault fault) {
        this.fault = fault;
        this.server = ScriptedServer.start(FakeParley::rest, this::serve);
    }

    /// Runs one for a load driver in another process; prints its address and process id.
    public static void main(final String[] arguments) throws InterruptedException {
        try (var fake = new FakeParley(Fault.NONE)) {
            System.out.println(fake.address() + " " + ProcessHandle.current().pid());
            Thread.currentThread().join();
        }
    }

    URI address() {
        return server.address();
    }

    private static ScriptedServer.Answer rest(
            final String method, final String path, final Map<String, String> headers, final String body) {
        final var user = USER.matcher(body);
        if (!user.find()) {
            return new ScriptedServer.Answer(400, "{\"code\":\"invalid\"}");
        }
        return path.equals("/v1/accounts")
                ? new ScriptedServer.Answer(409, "{\"code\":\"conflict\"}")
                : new ScriptedServer.Answer(
                        200,
                        "{\"token\":\"%s\",\"expiresAt\":\"2999-01-01T00:00:00.000Z\",\"refreshToken\":\"r\",\"device\":\"00000000000000aa\",\"user\":\"%s\",\"uid\":\"u\"}"
                                .formatted(user.group(1), user.group(1)));
    }

    private void serve(final ScriptedServer.Connection connection) throws IOException {
        Optional<UserId> user = Optional.empty();
        for (var text = connection.text(); text.isPresent(); text = connection.text()) {
            try {
                final var frame = FrameCodec.readClient(text.get());
                if (frame instanceof ClientFrame.Hello(final var token, final var ref)) {
                    user = Optional.of(hello(connection, new UserId(token), ref));
                } else {
                    answer(connection, user.orElseThrow(), frame);
                }
            } catch (final FrameException wrong) {
                connection.send(wrong.error());
            }
        }
        user.ifPresent(known -> online.remove(known, connection));
    }

    private UserId hello(final ScriptedServer.Connection connection, final UserId user, final Optional<String> ref) {
        online.put(user, connection);
        connection.send(new ServerFrame.Welcome(
                user, "u", new DeviceId("00000000000000aa"), 5, Limits.V1, Optional.empty(), Instant.now(), ref));
        connection.send(new ServerFrame.CaughtUp());
        return user;
    }

    private void answer(final ScriptedServer.Connection connection, final UserId user, final ClientFrame frame)
            throws FrameException {
        switch (frame) {
            case ClientFrame.Send send -> send(connection, user, send);
            case ClientFrame.Delivered delivered -> delivered(user, delivered);
            case ClientFrame.Heartbeat beat -> connection.send(new ServerFrame.Heartbeat(Instant.now(), beat.ref()));
            case ClientFrame.Hello _,
                    ClientFrame.Read _,
                    ClientFrame.Pull _,
                    ClientFrame.Receipts _,
                    ClientFrame.Typing _,
                    ClientFrame.Watch _,
                    ClientFrame.Unwatch _ -> throw new IllegalStateException("not of the load: " + frame);
        }
    }

    private void send(final ScriptedServer.Connection connection, final UserId user, final ClientFrame.Send send)
            throws FrameException {
        final var conversation = Addressing.conversation(user, send.target());
        final var head = heads.computeIfAbsent(conversation, fresh -> new AtomicLong());
        synchronized (head) {
            final var wrong = fault != Fault.NONE && count.incrementAndGet() % FAULT_EVERY == 0;
            final var message = message(conversation, user, send.id(), head.incrementAndGet(), send);
            connection.send(new ServerFrame.Sent(
                    send.id(), conversation, message.entry().seq(), Instant.now(), send.ref()));
            if (wrong && fault == Fault.LOSES) {
                return;
            }
            if (wrong && fault == Fault.SWAPS) {
                held.put(conversation, message);
                return;
            }
            push(user, message);
            Optional.ofNullable(held.remove(conversation)).ifPresent(late -> push(user, renumbered(late, head)));
            if (wrong && fault == Fault.PUSHES_TWICE) {
                push(user, message);
            }
            if (wrong && fault == Fault.STORES_TWICE) {
                push(user, renumbered(message, head));
            }
        }
    }

    private static ServerFrame.Message renumbered(final ServerFrame.Message message, final AtomicLong head) {
        final var entry = message.entry();
        return new ServerFrame.Message(
                message.conversation(),
                new WireEntry(
                        head.incrementAndGet(),
                        entry.id(),
                        entry.from(),
                        entry.device(),
                        entry.time(),
                        entry.body(),
                        entry.client(),
                        List.of()));
    }

    private static ServerFrame.Message message(
            final ConversationId conversation,
            final UserId from,
            final MessageId id,
            final long seq,
            final ClientFrame.Send send) {
        return new ServerFrame.Message(
                conversation,
                new WireEntry(
                        seq,
                        Optional.of(id),
                        Optional.of(from),
                        Optional.of(new DeviceId("00000000000000aa")),
                        Optional.of(Instant.now()),
                        send.body().json(),
                        Optional.empty(),
                        List.of()));
    }

    private void push(final UserId from, final ServerFrame.Message message) {
        other(message.conversation(), from).map(online::get).ifPresent(connection -> connection.send(message));
    }

    private static Optional<UserId> other(final ConversationId conversation, final UserId than) {
        return conversation.people().stream()
                .filter(person -> !person.equals(than))
                .findFirst();
    }

    private void delivered(final UserId user, final ClientFrame.Delivered delivered) {
        final var conversation = new ConversationId(delivered.conversation());
        other(conversation, user)
                .map(online::get)
                .ifPresent(connection -> connection.send(
                        new ServerFrame.Receipt(conversation, user, delivered.seq(), 0, List.of(), Optional.empty())));
    }

    @Override
    public void close() {
        server.close();
    }
}
