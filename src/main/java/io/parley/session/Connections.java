package io.parley.session;

import io.parley.id.UserId;
import io.parley.protocol.ErrorCode;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.FrameException;
import io.parley.protocol.ServerFrame;
import io.parley.user.KeysNews;
import io.parley.websocket.Owner;
import io.parley.websocket.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;

/// The connections of this node: starts a session for each and knows those that live and whose they are, so
/// that they can be told to go, and people what is news to them.
public final class Connections implements Owner.Factory {
    private final ActorSystem<?> system;
    private final Session.Shared shared;
    private final Set<ActorRef<Session.Command>> sessions = ConcurrentHashMap.newKeySet();
    private final Map<UserId, Set<ActorRef<Session.Command>>> byUser = new ConcurrentHashMap<>();
    private final AtomicLong started = new AtomicLong();
    private volatile Optional<Supplier<Session.Drain>> draining = Optional.empty();
    private volatile Optional<Session.NotReady> notReady = Optional.empty();

    /// No connections yet.
    public Connections(final ActorSystem<?> system, final Session.Shared shared) {
        this.system = system;
        this.shared = shared;
    }

    /// How many sessions live.
    public int count() {
        return sessions.size();
    }

    /// Tells every session to finish, say bye and close, from now on also each that still begins; clients come
    /// back after a delay of at most `spread`, each of another, so that they do not all come at once.
    public void drain(final String reason, final Duration spread) {
        final Supplier<Session.Drain> drain = () -> new Session.Drain(
                reason, Duration.ofMillis(ThreadLocalRandom.current().nextLong(spread.toMillis() + 1)));
        draining = Optional.of(drain); // first: who begins now is in the set, or sees this
        sessions.forEach(session -> session.tell(drain.get()));
    }

    /// Closes every session (1013), from now on also each that still begins, until [#ready()].
    public void notReady(final String reason) {
        final var refusal = new Session.NotReady(reason);
        notReady = Optional.of(refusal); // first, as above
        sessions.forEach(session -> session.tell(refusal));
    }

    /// Sessions may begin.
    public void ready() {
        notReady = Optional.empty();
    }

    /// Tells those who are here of these people that somebody's keys have changed.
    public void keysChanged(final KeysNews news) {
        final var word = new Session.KeysOf(news.user(), news.version());
        for (final var person : news.people()) {
            byUser.getOrDefault(person, Set.of()).forEach(session -> session.tell(word));
        }
    }

    /// A session is `user`'s, as a token says.
    void come(final UserId user, final ActorRef<Session.Command> session) {
        byUser.compute(user, (_, before) -> {
            final var with = before == null ? new HashSet<ActorRef<Session.Command>>() : new HashSet<>(before);
            with.add(session);
            return Set.copyOf(with);
        });
    }

    /// A session that came has ended.
    void go(final UserId user, final ActorRef<Session.Command> session) {
        byUser.computeIfPresent(user, (_, before) -> {
            final var without = new HashSet<>(before);
            without.remove(session);
            return without.isEmpty() ? null : Set.copyOf(without);
        });
    }

    @Override
    public Owner own(final Socket socket) {
        final var session = system.<Session.Command>systemActorOf(
                Session.create(socket, shared, this), "session-" + started.incrementAndGet(), Props.empty());
        sessions.add(session);
        draining.ifPresent(drain -> session.tell(drain.get()));
        notReady.ifPresent(session::tell);
        return new Owner() {
            @Override
            public void text(final String message) {
                try {
                    session.tell(new Session.FrameIn(FrameCodec.readClient(message)));
                } catch (final FrameException unreadable) {
                    session.tell(new Session.Unreadable(unreadable.error()));
                }
            }

            @Override
            public void binary() {
                session.tell(new Session.Unreadable(new ServerFrame.Refusal(
                        ErrorCode.BAD_FRAME,
                        "parley.v1 has no binary frames: send JSON as text",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty())));
            }

            @Override
            public void ended() {
                sessions.remove(session);
                session.tell(new Session.SocketEnded());
            }
        };
    }
}
