package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import io.parley.client.ClientListener;
import io.parley.client.ClientRuntime;
import io.parley.client.ClientSettings;
import io.parley.client.ClientState;
import io.parley.client.ClientStore;
import io.parley.client.MemoryStore;
import io.parley.client.NewDevice;
import io.parley.client.ParleyClient;
import io.parley.client.ParleyRest;
import io.parley.client.RefreshingTokens;
import io.parley.client.SendOutcome;
import io.parley.client.TextBody;
import io.parley.id.ConversationId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import io.parley.protocol.PageRequest;
import io.parley.protocol.ServerFrame;
import io.parley.protocol.Target;
import io.parley.protocol.WireEntry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A program on one device of a person, written as anybody would on `io.parley.client`: it keeps what it is
/// given, and notes as a lie whatever that client must never tell it.
final class App implements ClientListener, AutoCloseable {
    private static final String PASSWORD = World.PASSWORD;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final AtomicInteger PEOPLE = new AtomicInteger();

    /// How far any program of a person has taken a conversation: no tick may say more.
    private static final Map<Of, Long> TAKEN_BY = new ConcurrentHashMap<>();

    private static final ClientSettings SETTINGS = ClientSettings.DEFAULTS
            .withBackoff(Duration.ofMillis(50), Duration.ofMillis(500)) // stories are short
            .unpaced(); // and most of their nodes without limits

    /// How far a person is known to have come in a conversation.
    record Marks(long delivered, long read) {
        static final Marks NONE = new Marks(0, 0);
    }

    private record Of(ConversationId conversation, UserId user) {}

    private final UserId user;
    private final String name;
    private final URI node;
    private final RefreshingTokens tokens;
    private final ClientStore store = new MemoryStore();

    // guarded by this, as is every wait for a change of it
    private final List<ServerFrame.Message> taken = new ArrayList<>();
    private final Map<ConversationId, Long> takenUpTo = new HashMap<>();
    private final Map<MessageId, ServerFrame.Sent> ticked = new HashMap<>();
    private final Map<Of, Marks> marks = new HashMap<>();
    private final Set<String> lies = new HashSet<>();
    private boolean online;
    private int links;
    private int caughtUp;
    private int byes;
    private int duplicates;
    private int stumbles;

    @Nullable
    private ParleyClient client;

    private App(final UserId user, final String name, final URI node) {
        this.user = user;
        this.name = name;
        this.node = node;
        final var rest = new ParleyRest(node, ClientRuntime.shared());
        this.tokens = new RefreshingTokens(rest, await(rest.login(user, PASSWORD, NewDevice.named(name))));
    }

    /// A new person with one device, which is not connected.
    ///
    /// @param port where it finds the node, or a [Relay] to it
    static App offline(final String name, final int port) {
        final var user = new UserId("app-" + name + PEOPLE.incrementAndGet());
        final var node = URI.create("http://127.0.0.1:" + port);
        await(new ParleyRest(node, ClientRuntime.shared()).register(user, PASSWORD, Optional.of(name)));
        return new App(user, name + "'s phone", node);
    }

    /// A new person with one device, which is connected.
    static App person(final String name, final int port) {
        return offline(name, port).connects();
    }

    /// Another device of the same person, connected.
    App another() {
        return new App(user, name + " and a tablet", node).connects();
    }

    UserId user() {
        return user;
    }

    /// The direct conversation with somebody.
    ConversationId with(final App other) {
        final boolean first = user.value().compareTo(other.user.value()) < 0;
        return new ConversationId(
                first ? user.value() + "~" + other.user.value() : other.user.value() + "~" + user.value());
    }

    // connection

    /// Connects and waits until everything that was missed has come.
    App connects() {
        final int before = caughtUp();
        begins();
        awaits("caught up", () -> caughtUp > before);
        return this;
    }

    /// Begins to connect, on what an earlier client left in the store.
    App begins() {
        client = ParleyClient.connect(List.of(node), tokens, this, SETTINGS, store, ClientRuntime.shared());
        return this;
    }

    /// Ends the client; the store stays.
    App leaves() {
        client().close();
        client = null;
        return this;
    }

    private ParleyClient client() {
        final var now = client;
        if (now == null) {
            throw new AssertionError(name + " is not running");
        }
        return now;
    }

    private synchronized int caughtUp() {
        return caughtUp;
    }

    synchronized int links() {
        return links;
    }

    /// Waits until it is welcomed on another link than the first `known`.
    void isBackAfter(final int known) {
        awaits("another link than the first " + known, () -> online && links > known);
    }

    /// Waits for a `bye`.
    void hearsBye() {
        awaits("bye", () -> byes > 0);
    }

    @Override
    public void close() {
        if (client != null) {
            leaves();
        }
        assertEquals(Set.of(), lies(), name);
    }

    // messages

    /// Hands a text over; it is on its way from now on, whatever happens to the link.
    CompletableFuture<SendOutcome> says(final String text, final App to) {
        return client().send(new Target.User(to.user.value()), TextBody.of(text));
    }

    /// The same under an id of the program's own.
    CompletableFuture<SendOutcome> says(final MessageId id, final String text, final App to) {
        return client().send(id, new Target.User(to.user.value()), TextBody.of(text));
    }

    /// Sends a text and waits for ✓.
    ServerFrame.Sent sends(final String text, final App to) {
        return accepted(says(text, to));
    }

    /// Waits for ✓.
    static ServerFrame.Sent accepted(final CompletableFuture<SendOutcome> outcome) {
        return assertInstanceOf(SendOutcome.Accepted.class, await(outcome)).sent();
    }

    private static <T> T await(final CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (final ExecutionException failed) {
            throw new AssertionError("failed: " + failed.getCause(), failed);
        } catch (final TimeoutException late) {
            throw new AssertionError("no answer in " + PATIENCE, late);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("stopped while waiting", stopped);
        }
    }

    void reads(final ServerFrame.Sent message) {
        client().read(message.conversation(), message.seq());
    }

    /// All of a conversation, page by page.
    List<WireEntry> history(final ConversationId conversation, final int pageOf) {
        final var all = new ArrayList<WireEntry>();
        while (true) {
            final long after = all.isEmpty() ? 0 : all.getLast().seq();
            final var page = await(client().pull(conversation, new PageRequest.After(after, pageOf)));
            all.addAll(page.messages());
            if (page.head() == (all.isEmpty() ? 0 : all.getLast().seq())) {
                return all;
            }
            if (page.messages().isEmpty()) {
                fail("a page without progress");
            }
        }
    }

    /// The same by REST calls.
    ServerFrame.Page calledHistory(final ConversationId conversation, final PageRequest page) {
        final var rest = new ParleyRest(node, ClientRuntime.shared());
        return await(
                tokens.token().toCompletableFuture().thenCompose(token -> rest.messages(token, conversation, page)));
    }

    /// How far the others are, as the server says when it is asked.
    List<ServerFrame.Receipt> asksTicks(final ConversationId conversation) {
        return await(client().receipts(List.of(conversation)));
    }

    // what came

    /// Cannot take the next message it is given, once.
    synchronized void stumblesOnce() {
        stumbles++;
    }

    void sees(final String text) {
        awaits("'" + text + "'", () -> texts().contains(text));
    }

    /// The texts it has taken, in order.
    synchronized List<String> texts() {
        return taken.stream().map(message -> text(message.entry())).toList();
    }

    /// The entries of a conversation it has taken, in order.
    synchronized List<WireEntry> taken(final ConversationId conversation) {
        return taken.stream()
                .filter(message -> message.conversation().equals(conversation))
                .map(ServerFrame.Message::entry)
                .toList();
    }

    static String text(final WireEntry entry) {
        return Rest.parse(entry.body().value()).path("text").asText();
    }

    synchronized long takenUpTo(final ConversationId conversation) {
        return takenUpTo.getOrDefault(conversation, 0L);
    }

    synchronized int tickedCount() {
        return ticked.size();
    }

    synchronized int duplicates() {
        return duplicates;
    }

    synchronized Marks marks(final ConversationId conversation, final App of) {
        return marks.getOrDefault(new Of(conversation, of.user), Marks.NONE);
    }

    void seesDelivered(final ServerFrame.Sent message, final App by) {
        awaits("✓✓ of " + message.seq(), () -> marks(message.conversation(), by).delivered() >= message.seq());
    }

    void seesRead(final ServerFrame.Sent message, final App by) {
        awaits(
                "blue of " + message.seq(),
                () -> marks(message.conversation(), by).read() >= message.seq());
    }

    synchronized Set<String> lies() {
        return Set.copyOf(lies);
    }

    /// Waits until something is so; looks again at whatever the client tells.
    void awaits(final String what, final BooleanSupplier isSo) {
        awaits(what, isSo, PATIENCE);
    }

    synchronized void awaits(final String what, final BooleanSupplier isSo, final Duration atMost) {
        final long deadline = System.nanoTime() + atMost.toNanos();
        while (!isSo.getAsBoolean()) {
            final long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                throw new AssertionError(name + " waited in vain for " + what + "; taken: " + texts() + ", marks: "
                        + marks + ", lies: " + lies);
            }
            try {
                wait(Math.min(millis, LOOK_AGAIN.toMillis())); // others may change it too
            } catch (final InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new AssertionError("stopped while waiting", stopped);
            }
        }
    }

    // what the client tells

    @Override
    public synchronized CompletionStage<?> message(final ServerFrame.Message message) {
        if (stumbles > 0) {
            stumbles--;
            return CompletableFuture.failedStage(new IllegalStateException("the disk is full"));
        }
        final var conversation = message.conversation();
        final long seq = message.entry().seq();
        if (seq <= takenUpTo(conversation)) {
            lies.add(seq + " of " + conversation + " was given behind " + takenUpTo(conversation));
        }
        taken.add(message);
        takenUpTo.put(conversation, seq);
        TAKEN_BY.merge(new Of(conversation, user), seq, Math::max);
        notifyAll();
        return TAKEN;
    }

    @Override
    public synchronized void duplicate(final ServerFrame.Message message) {
        duplicates++;
    }

    @Override
    public synchronized void sent(final ServerFrame.Sent sent) {
        final var before = ticked.put(sent.id(), sent);
        if (before != null && before.seq() != sent.seq()) {
            lies.add(sent.id() + " was " + before.seq() + " and is " + sent.seq());
        }
        notifyAll();
    }

    @Override
    public synchronized void receipt(final ServerFrame.Receipt receipt) {
        final var of = new Of(receipt.conversation(), receipt.user());
        final var before = marks.getOrDefault(of, Marks.NONE);
        if (receipt.delivered() < before.delivered() || receipt.read() < before.read()) {
            lies.add(receipt + " after " + before);
        }
        if (receipt.read() > receipt.delivered()) {
            lies.add(receipt + ": read and not delivered");
        }
        final long mine = ticked.values().stream()
                .filter(sent -> sent.conversation().equals(receipt.conversation()))
                .mapToLong(ServerFrame.Sent::seq)
                .filter(seq -> seq <= receipt.delivered())
                .max()
                .orElse(0);
        if (!receipt.user().equals(user) && mine > TAKEN_BY.getOrDefault(of, 0L)) {
            lies.add(receipt + ": " + mine + " was taken by nobody");
        }
        marks.put(of, new Marks(receipt.delivered(), receipt.read()));
        notifyAll();
    }

    @Override
    public synchronized void state(final ClientState state) {
        online = state instanceof ClientState.Online;
        if (online) {
            links++;
        }
        notifyAll();
    }

    @Override
    public synchronized void caughtUp(final ServerFrame.CaughtUp now) {
        caughtUp++;
        notifyAll();
    }

    @Override
    public synchronized void bye(final ServerFrame.Bye bye) {
        byes++;
        notifyAll();
    }
}
