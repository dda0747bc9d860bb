package io.parley.simulation;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.Entry;
import io.parley.conversation.PageReply;
import io.parley.conversation.PostReply;
import io.parley.conversation.SummaryReply;
import io.parley.id.ConversationId;
import io.parley.protocol.ClientFrame;
import io.parley.protocol.CloseCode;
import io.parley.protocol.ServerFrame;
import io.parley.session.SimulatedSession;
import io.parley.user.Delivery;
import io.parley.user.UserCommand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One connection: the link to the device, which keeps order until it breaks, and the session at its end.
class Line extends Endpoint implements SimulatedSession.Outside {
    final World world;
    final Device device;
    final int number;
    final SimulatedSession session;
    private final ArrayDeque<ClientFrame> waiting = new ArrayDeque<>();
    private long lastUp;
    private long lastDown;

    /// The session lives.
    boolean served = true;

    /// Frames pass.
    boolean linked = true;

    // for the judge
    final long openedAt;
    boolean helloed;
    final Map<ConversationId, Long> headsAtHello = new HashMap<>();
    final Map<ConversationId, Long> cursorsAtHello = new HashMap<>();
    final Map<ConversationId, List<Long>> pushed = new HashMap<>();
    final Map<Object, long[]> ticksTold = new HashMap<>();

    // the device's side
    boolean welcomed;
    long welcomedAt = Long.MAX_VALUE;
    int caughtUp;
    boolean silent;

    Line(final World world, final Device device, final int number, final int window) {
        this.world = world;
        this.device = device;
        this.number = number;
        this.openedAt = world.now;
        this.session = new SimulatedSession(
                new Address<>(world, this, this::delivery),
                new Address<PostReply>(
                        world, this, reply -> serve(() -> session().posted(reply, world.instant()))),
                new Address<PageReply>(
                        world, this, reply -> serve(() -> session().page(seen(reply), world.instant()))),
                new Address<SummaryReply>(
                        world, this, reply -> serve(() -> session().summary(reply))),
                number,
                window,
                world.instant(),
                this);
        tickSoon();
    }

    private SimulatedSession session() {
        return session;
    }

    @Override
    String name() {
        return device.name() + "#" + number;
    }

    void delivery(final Delivery delivery) {
        serve(() -> {
            if (world.tracing) {
                world.trace(name() + " <- " + delivery);
            }
            session.delivery(delivery, world.instant());
        });
    }

    /// A page as this session sees it; a place for variants to tamper with.
    PageReply seen(final PageReply reply) {
        return reply;
    }

    List<Entry> seen(final List<Entry> entries) {
        return entries;
    }

    final void serve(final Runnable what) {
        if (!served) {
            return;
        }
        world.sender = this;
        what.run();
        while (served && session.takesFrames() && !waiting.isEmpty()) {
            final var frame = waiting.removeFirst();
            if (world.tracing) {
                world.trace(name() + " takes " + frame);
            }
            session.frame(frame, world.instant());
        }
    }

    private void tickSoon() {
        world.in(1_000, () -> {
            if (served) {
                serve(() -> session.tick(world.instant()));
                tickSoon();
            }
        });
    }

    // the device's end

    void up(final ClientFrame frame) {
        if (!linked) {
            return;
        }
        lastUp = Math.max(lastUp, world.now + world.linkMillis());
        world.in(lastUp - world.now, () -> {
            if (linked && served) {
                if (frame instanceof ClientFrame.Hello) {
                    helloed();
                }
                waiting.addLast(frame);
                serve(() -> {});
            }
        });
    }

    private void helloed() {
        helloed = true;
        for (final var conversation : world.conversationsOf(device.user)) {
            headsAtHello.put(conversation.id, conversation.head());
            world.inbox(device.user)
                    .chat(conversation.id)
                    .ifPresent(chat -> cursorsAtHello.put(conversation.id, chat.cursor(device.id)));
        }
    }

    /// The device closes the connection.
    void hangUp() {
        if (linked) {
            linked = false;
            world.in(world.linkMillis(), this::end);
        }
    }

    /// The link breaks: what is on its way is lost. The session hears of it, or finds the device silent.
    void breaks() {
        if (!linked) {
            return;
        }
        if (world.tracing) {
            world.trace(name() + " breaks");
        }
        linked = false;
        world.in(world.dice.between(0, 2_000), () -> device.lost(this));
        if (world.dice.chance(500)) {
            world.in(world.dice.between(0, 3_000), this::end);
        }
    }

    /// The session dies without a word.
    void dies() {
        if (world.tracing) {
            world.trace(name() + " dies");
        }
        served = false;
        if (linked) {
            linked = false;
            world.in(world.dice.between(0, 2_000), () -> device.lost(this));
        }
    }

    private void end() {
        if (served) {
            served = false;
            world.sender = this;
            session.ended();
        }
    }

    // the session's end

    @Override
    public void send(final ServerFrame frame) {
        if (!served) {
            return;
        }
        if (world.tracing) {
            world.trace(name() + " sends " + frame);
        }
        world.judge.told(this, frame);
        down(() -> device.take(this, frame));
    }

    private void down(final Runnable what) {
        lastDown = Math.max(lastDown, world.now + world.linkMillis());
        world.in(lastDown - world.now, () -> {
            if (linked) {
                what.run();
            }
        });
    }

    @Override
    public void close(final CloseCode code) {
        if (world.tracing) {
            world.trace(name() + " closes " + code);
        }
        down(() -> {
            linked = false;
            device.closed(this, code);
        });
        world.in(0, this::end);
    }

    @Override
    public void authenticate(final String token) {
        world.in(
                world.readMillis(),
                () -> serve(() -> {
                    if (device.linked && device.generation == Long.parseLong(token)) {
                        session.authenticated(device.user, device.id, device.generation, world.instant());
                    } else {
                        session.refused();
                    }
                }));
    }

    @Override
    public void tell(final UserCommand message) {
        final var inbox = world.inbox(message.user());
        world.send(inbox, message, () -> inbox.handle(message));
    }

    @Override
    public void tell(final ConversationCommand message) {
        final var conversation = world.conversation(message.conversation());
        world.send(conversation, message, () -> conversation.handle(message));
    }

    @Override
    public void read(final SimulatedSession.LogPart part) {
        world.in(
                world.readMillis(),
                () -> serve(() -> {
                    final var log = world.conversation(part.conversation()).log;
                    final Optional<List<Entry>> read = world.readFails()
                            ? Optional.empty()
                            : Optional.of(seen(new ArrayList<>(log.subList((int) part.from() - 1, (int) part.to()))));
                    session.logRead(part, read, world.instant());
                }));
    }

    /// The highest `seq` of a conversation pushed on this line.
    OptionalLong lastPushed(final ConversationId conversation) {
        final var before = pushed.get(conversation);
        return before == null || before.isEmpty() ? OptionalLong.empty() : OptionalLong.of(before.getLast());
    }
}
