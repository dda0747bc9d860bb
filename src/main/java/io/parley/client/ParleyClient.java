package io.parley.client;

import io.parley.content.Body;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.Target;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/// One device's lasting connection to Parley: it connects, comes back by itself when a link breaks, resends
/// what was not answered under the same id, acknowledges what its listener has taken, and closes cleanly.
///
/// ```java
/// try (var client = ParleyClient.connect(List.of(URI.create("http://127.0.0.1:8080")), tokens, listener)) {
///     client.send(new Target.User("bob"), TextBody.of("hello")).thenAccept(outcome -> {
///         switch (outcome) {
///             case SendOutcome.Accepted(var sent) -> showTick(sent.seq());
///             case SendOutcome.Refused(var why) -> showError(why.message());
///             case SendOutcome.OutboxFull() -> askToWait();
///             case SendOutcome.ClosedBefore() -> {} // still in the store
///         }
///     });
/// }
/// ```
///
/// All methods may be called from any thread, also inside the listener, and none of them blocks but [#close].
/// Futures complete on a thread of the network: what follows on them must not block either.
///
/// Order: messages to one conversation are stored in the order they were handed over, as long as none is put
/// off by the server (`unavailable`, `rate-limited`) while later ones are under way: those may overtake it. Who
/// cannot bear that waits for each outcome.
public final class ParleyClient implements AutoCloseable {
    private final Connection connection;
    private final ClientRuntime runtime;
    private final RandomGenerator idRandom;

    private ParleyClient(final Connection connection, final ClientRuntime runtime) {
        this.connection = connection;
        this.runtime = runtime;
        this.idRandom = runtime.random();
    }

    /// A client with the usual settings that keeps in memory what outlives its links. It connects in the
    /// background; see [ClientListener#state].
    ///
    /// @param addresses of the nodes, such as `http://127.0.0.1:8080`; one is begun with at random, another is
    ///                  tried after each broken link
    public static ParleyClient connect(
            final List<URI> addresses, final TokenSource tokens, final ClientListener listener) {
        return connect(addresses, tokens, listener, ClientSettings.DEFAULTS, new MemoryStore(), ClientRuntime.shared());
    }

    /// A client on a store of its own.
    ///
    /// @throws IllegalArgumentException if there is no address
    public static ParleyClient connect(
            final List<URI> addresses,
            final TokenSource tokens,
            final ClientListener listener,
            final ClientSettings settings,
            final ClientStore store,
            final ClientRuntime runtime) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a client needs the address of a node");
        }
        final var secure = JdkLink.connector(runtime, settings.openTimeout());
        final var plain = SocketLink.connector(runtime);
        final Link.Connector connector =
                (base, events) -> JdkLink.isSecure(base) ? secure.open(base, events) : plain.open(base, events);
        final var connection = new Connection(addresses, tokens, listener, settings, store, runtime, connector);
        connection.start();
        return new ParleyClient(connection, runtime);
    }

    /// Sends a message under a fresh id (UUIDv7).
    public CompletableFuture<SendOutcome> send(final Target to, final Body body) {
        final MessageId id;
        synchronized (idRandom) {
            id = MessageIds.next(runtime.clock().millis(), idRandom);
        }
        return send(id, to, body);
    }

    /// Sends a message under the program's own id. An id that is on its way already gives the future of that
    /// message.
    ///
    /// @throws IllegalArgumentException if the id is on its way to somebody else
    public CompletableFuture<SendOutcome> send(final MessageId id, final Target to, final Body body) {
        return send(id, to, body, List.of());
    }

    /// Sends a message that carries uploads, under the program's own id, as above.
    ///
    /// @param media the uploads, none of them twice; of a body of type `media` those that its files name
    /// @throws IllegalArgumentException if the id is on its way to somebody else
    public CompletableFuture<SendOutcome> send(
            final MessageId id, final Target to, final Body body, final List<MediaId> media) {
        if (connection.isClosing()) {
            return CompletableFuture.completedFuture(new SendOutcome.ClosedBefore());
        }
        return connection.with(exchange -> exchange.send(id, to, body, media));
    }

    /// The person has read everything up to `seq`. Told to the server now or on the next link, until it
    /// confirms.
    public void read(final ConversationId conversation, final long seq) {
        connection.with(exchange -> {
            exchange.read(conversation, seq);
            return seq;
        });
    }

    /// A page of history. Fails with [RefusedException].
    public CompletableFuture<ServerFrame.Page> pull(final ConversationId conversation, final PageRequest page) {
        return answered(connection.with(exchange -> exchange.pull(conversation, page, runtime.nanos())))
                .thenApply(parts -> (ServerFrame.Page) parts.getLast());
    }

    /// The watermarks of the other members of these conversations (at most 100, of at most 1,000 members in
    /// all). Fails with [RefusedException].
    public CompletableFuture<List<ServerFrame.Receipt>> receipts(final Collection<ConversationId> conversations) {
        return answered(connection.with(exchange -> exchange.receipts(conversations, runtime.nanos())))
                .thenApply(parts -> parts.stream()
                        .filter(ServerFrame.Receipt.class::isInstance)
                        .map(ServerFrame.Receipt.class::cast)
                        .toList());
    }

    private static CompletableFuture<List<ServerFrame>> answered(final Optional<Requests.Pending> asked) {
        return asked.map(Requests.Pending::answer)
                .orElseGet(() -> CompletableFuture.failedFuture(
                        new RefusedException(ErrorCode.UNAVAILABLE, "too many unanswered requests", Optional.empty())));
    }

    /// How far a message of this person's in a direct conversation has come, as far as the server has told. A
    /// change is told as [ClientListener#receipt]; after a broken link the client asks by itself for the ticks
    /// of what it has sent, others are asked for with [#receipts].
    ///
    /// @param seq of a message that is stored
    public Tick tick(final ConversationId conversation, final long seq) {
        return connection.with(exchange -> exchange.tick(conversation, seq));
    }

    /// The person is typing. May be called at each key: told at most once per conversation in 3 s, and only
    /// while online.
    public void typing(final ConversationId conversation) {
        connection.with(exchange -> {
            exchange.typing(conversation, runtime.nanos());
            return conversation;
        });
    }

    /// Asks for the presence of these users, now and on each change, on this link and all later ones.
    ///
    /// @throws IllegalArgumentException if more than `limits.watch` would be watched
    public void watch(final Collection<UserId> users) {
        connection.with(exchange -> {
            exchange.watch(users);
            return users;
        });
    }

    /// Ends watching these users.
    public void unwatch(final Collection<UserId> users) {
        connection.with(exchange -> {
            exchange.unwatch(users);
            return users;
        });
    }

    /// Where the client stands.
    public ClientState state() {
        return connection.state();
    }

    /// Connects at once where the client waits, needed a login, or was replaced by the same device elsewhere.
    public void resume() {
        connection.resume();
    }

    /// Acknowledges what was taken, says goodbye and ends; at most 2 s. Unanswered messages stay in the store.
    @Override
    public void close() {
        connection.close();
    }
}
