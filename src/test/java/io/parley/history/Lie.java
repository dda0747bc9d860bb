package io.parley.history;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Ways to make a correct history of [ModelRun] wrong by one change. A lie that finds nothing to lie about is
/// not told.
enum Lie {
    LOG_LACKS_ONE {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return inLog(events, dice, 1, entries -> {
                entries.remove(dice.nextInt(entries.size()));
                return entries;
            });
        }
    },
    LOG_LACKS_ONE_AND_CLOSES_UP {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return inLog(events, dice, 1, entries -> {
                entries.remove(dice.nextInt(entries.size()));
                return renumbered(entries);
            });
        }
    },
    LOG_HAS_TWO_SWAPPED {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return inLog(events, dice, 2, entries -> {
                final int first = dice.nextInt(entries.size() - 1);
                Collections.swap(entries, first, first + 1);
                return renumbered(entries);
            });
        }
    },
    LOG_HAS_ONE_TWICE {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return inLog(events, dice, 1, entries -> {
                entries.add(entries.get(dice.nextInt(entries.size())));
                return renumbered(entries);
            });
        }
    },
    LOG_HAS_ANOTHER_TEXT {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return inLog(events, dice, 1, entries -> {
                entries.replaceAll(entry -> entry.seq() > 1
                        ? entry
                        : new Event.Entry(entry.seq(), entry.id(), entry.from(), entry.device(), "other"));
                return entries;
            });
        }
    },
    ONE_READER_SEES_ANOTHER_LOG {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return replace(
                    events,
                    dice,
                    event ->
                            event instanceof Event.FinalLog log && log.entries().size() > 1,
                    event -> {
                        final var log = (Event.FinalLog) event;
                        final var entries = new ArrayList<>(log.entries());
                        Collections.swap(entries, 0, 1);
                        return new Event.FinalLog(log.at(), log.client(), log.conversation(), renumbered(entries));
                    });
        }
    },
    ACKNOWLEDGED_ELSEWHERE {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return replace(events, dice, event -> event instanceof Event.SendOk, event -> {
                final var ok = (Event.SendOk) event;
                return new Event.SendOk(ok.at(), ok.client(), ok.id(), ok.conversation(), ok.seq() + 1, ok.time());
            });
        }
    },
    ACKNOWLEDGED_AT_TWO_PLACES {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return insert(events, dice, event -> event instanceof Event.SendOk, event -> {
                final var ok = (Event.SendOk) event;
                return new Event.SendOk(ok.at(), ok.client(), ok.id(), ok.conversation(), ok.seq() + 1, ok.time());
            });
        }
    },
    SENT_BY_NOBODY {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            final int index = any(events, dice, event -> event instanceof Event.SendOk);
            if (index < 0) {
                return false;
            }
            final var ok = (Event.SendOk) events.get(index);
            return events.removeIf(event -> event instanceof Event.SendCall call
                    && call.id().equals(ok.id())
                    && call.client().equals(ok.client()));
        }
    },
    NEVER_PUSHED {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            final int index = any(
                    events,
                    dice,
                    event -> event instanceof Event.Received got
                            && !isOf(got.client(), got.from())
                            && isOwedEverything(events, got.client()));
            if (index < 0) {
                return false;
            }
            final var lost = (Event.Received) events.get(index);
            return events.removeIf(event -> event instanceof Event.Received got
                    && got.client().equals(lost.client())
                    && got.conversation().equals(lost.conversation())
                    && got.seq() == lost.seq());
        }
    },
    PUSHED_IN_ANOTHER_ORDER {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            final int first =
                    any(events, dice, event -> event instanceof Event.Received got && nextOnLink(events, got) >= 0);
            if (first < 0) {
                return false;
            }
            Collections.swap(events, first, nextOnLink(events, (Event.Received) events.get(first)));
            return true;
        }
    },
    PUSHED_TWICE {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return insert(events, dice, event -> event instanceof Event.Received, UnaryOperator.identity());
        }
    },
    PUSHED_WITH_ANOTHER_ID {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return replace(events, dice, event -> event instanceof Event.Received, event -> {
                final var got = (Event.Received) event;
                return new Event.Received(
                        got.at(),
                        got.client(),
                        got.conversation(),
                        got.seq(),
                        "other",
                        got.from(),
                        got.device(),
                        got.text());
            });
        }
    },
    PUSHED_WITH_ANOTHER_TEXT {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return replace(events, dice, event -> event instanceof Event.Received, event -> {
                final var got = (Event.Received) event;
                return new Event.Received(
                        got.at(),
                        got.client(),
                        got.conversation(),
                        got.seq(),
                        got.id(),
                        got.from(),
                        got.device(),
                        "other");
            });
        }
    },
    PUSHED_TO_A_STRANGER {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return insert(events, dice, event -> event instanceof Event.Received, event -> {
                final var got = (Event.Received) event;
                return new Event.Received(
                        got.at(),
                        "eve/1",
                        got.conversation(),
                        got.seq(),
                        got.id(),
                        got.from(),
                        got.device(),
                        got.text());
            });
        }
    },
    PUSHED_ITS_OWN {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return insert(events, dice, event -> event instanceof Event.SendOk, event -> {
                final var ok = (Event.SendOk) event;
                final var user = ok.client().substring(0, ok.client().indexOf('/'));
                final var device = ok.client().substring(user.length() + 1);
                return new Event.Received(
                        ok.at(), ok.client(), ok.conversation(), ok.seq(), ok.id(), user, device, "text " + ok.id());
            });
        }
    },
    TICK_FALLS {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return insert(events, dice, event -> event instanceof Event.Receipt tick && tick.delivered() > 0, event -> {
                final var tick = (Event.Receipt) event;
                final long delivered = tick.delivered() - 1;
                return new Event.Receipt(
                        tick.at(),
                        tick.client(),
                        tick.conversation(),
                        tick.user(),
                        delivered,
                        Math.min(delivered, tick.read()));
            });
        }
    },
    TICK_BEYOND_THE_END {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            final var heads = heads(events);
            return replace(events, dice, event -> event instanceof Event.Receipt, event -> {
                final var tick = (Event.Receipt) event;
                return new Event.Receipt(
                        tick.at(),
                        tick.client(),
                        tick.conversation(),
                        tick.user(),
                        heads.getOrDefault(tick.conversation(), 0L) + 1,
                        tick.read());
            });
        }
    },
    MORE_READ_THAN_DELIVERED {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return replace(events, dice, event -> event instanceof Event.Receipt, event -> {
                final var tick = (Event.Receipt) event;
                return new Event.Receipt(
                        tick.at(),
                        tick.client(),
                        tick.conversation(),
                        tick.user(),
                        tick.delivered(),
                        tick.delivered() + 1);
            });
        }
    },
    DELIVERED_BY_NOBODYS_WORD {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            final int index = any(
                    events,
                    dice,
                    event -> event instanceof Event.Receipt tick
                            && isOfAnother(events, tick.conversation(), tick.delivered(), tick.user()));
            if (index < 0) {
                return false;
            }
            final var tick = (Event.Receipt) events.get(index);
            return events.removeIf(event -> (event instanceof Event.AckCall ack
                            && ack.conversation().equals(tick.conversation())
                            && ack.seq() >= tick.delivered()
                            && isOf(ack.client(), tick.user()))
                    || (event instanceof Event.ReadCall read
                            && read.conversation().equals(tick.conversation())
                            && read.seq() >= tick.delivered()
                            && isOf(read.client(), tick.user())));
        }
    },
    READ_BY_NOBODYS_WORD {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            final int index = any(
                    events,
                    dice,
                    event -> event instanceof Event.Receipt tick
                            && isOfAnother(events, tick.conversation(), tick.read(), tick.user()));
            if (index < 0) {
                return false;
            }
            final var tick = (Event.Receipt) events.get(index);
            events.replaceAll(event -> event instanceof Event.ReadCall read
                            && read.conversation().equals(tick.conversation())
                            && read.seq() >= tick.read()
                            && isOf(read.client(), tick.user())
                    ? new Event.AckCall(read.at(), read.client(), read.conversation(), read.seq())
                    : event);
            return true;
        }
    },
    TICK_BEFORE_SENT {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            final int index =
                    any(events, dice, event -> event instanceof Event.SendOk ok && coveringTick(events, ok) > 0);
            if (index < 0) {
                return false;
            }
            final var ok = (Event.SendOk) events.get(index);
            events.add(coveringTick(events, ok) + 1, ok);
            events.remove(index);
            return true;
        }
    },
    SEEN_IN_THE_FUTURE {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return replace(events, dice, event -> event instanceof Event.Presence, event -> {
                final var seen = (Event.Presence) event;
                return new Event.Presence(
                        seen.at(),
                        seen.client(),
                        seen.user(),
                        seen.online(),
                        seen.lastSeen().map(time -> time.plus(Duration.ofHours(1))));
            });
        }
    },
    UNREAD_MISCOUNTED {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return replace(events, dice, event -> event instanceof Event.FinalUnread, event -> {
                final var unread = (Event.FinalUnread) event;
                return new Event.FinalUnread(
                        unread.at(),
                        unread.client(),
                        unread.conversation(),
                        unread.unread() + 1,
                        unread.readCursor(),
                        unread.delivered());
            });
        }
    },
    TIME_FALLS {
        @Override
        boolean tell(final List<Event> events, final Random dice) {
            return replace(events, dice, event -> event instanceof Event.SendOk ok && ok.seq() > 9, event -> {
                final var ok = (Event.SendOk) event;
                return new Event.SendOk(ok.at(), ok.client(), ok.id(), ok.conversation(), ok.seq(), Instant.EPOCH);
            });
        }
    };

    /// Changes the history; false: there was nothing to change.
    abstract boolean tell(List<Event> events, Random dice);

    Optional<List<Event>> tell(final History history, final Random dice) {
        final var events = new ArrayList<>(history);
        return tell((List<Event>) events, dice) ? Optional.of(events) : Optional.empty();
    }

    // how to change

    private static int any(final List<Event> events, final Random dice, final Predicate<Event> which) {
        final int from = dice.nextInt(events.size());
        for (int offset = 0; offset < events.size(); offset++) {
            final int index = (from + offset) % events.size();
            if (which.test(events.get(index))) {
                return index;
            }
        }
        return -1;
    }

    private static boolean replace(
            final List<Event> events, final Random dice, final Predicate<Event> which, final UnaryOperator<Event> by) {
        final int index = any(events, dice, which);
        if (index >= 0) {
            events.set(index, by.apply(events.get(index)));
        }
        return index >= 0;
    }

    /// Inserts another event behind one.
    private static boolean insert(
            final List<Event> events, final Random dice, final Predicate<Event> after, final UnaryOperator<Event> by) {
        final int index = any(events, dice, after);
        if (index >= 0) {
            events.add(index + 1, by.apply(events.get(index)));
        }
        return index >= 0;
    }

    /// Changes a conversation's final log, the same for all its readers; only where everything in it was
    /// acknowledged.
    private static boolean inLog(
            final List<Event> events,
            final Random dice,
            final int least,
            final UnaryOperator<List<Event.Entry>> change) {
        final var acknowledged = new HashSet<String>();
        for (final var event : events) {
            if (event instanceof Event.SendOk ok) {
                acknowledged.add(ok.id());
            }
        }
        final int index = any(
                events,
                dice,
                event -> event instanceof Event.FinalLog log
                        && log.entries().size() >= least
                        && log.entries().stream().allMatch(entry -> acknowledged.contains(entry.id())));
        if (index < 0) {
            return false;
        }
        final var chosen = (Event.FinalLog) events.get(index);
        final var entries = change.apply(new ArrayList<>(chosen.entries()));
        events.replaceAll(event ->
                event instanceof Event.FinalLog log && log.conversation().equals(chosen.conversation())
                        ? new Event.FinalLog(log.at(), log.client(), log.conversation(), entries)
                        : event);
        return true;
    }

    private static List<Event.Entry> renumbered(final List<Event.Entry> entries) {
        final var renumbered = new ArrayList<Event.Entry>();
        for (final var entry : entries) {
            renumbered.add(
                    new Event.Entry(renumbered.size() + 1L, entry.id(), entry.from(), entry.device(), entry.text()));
        }
        return renumbered;
    }

    // where to change

    private static boolean isOf(final String client, final String user) {
        return client.startsWith(user + "/");
    }

    private static Map<String, Long> heads(final List<Event> events) {
        final var heads = new HashMap<String, Long>();
        for (final var event : events) {
            if (event instanceof Event.FinalLog log) {
                heads.put(log.conversation(), (long) log.entries().size());
            }
        }
        return heads;
    }

    private static boolean isOfAnother(
            final List<Event> events, final String conversation, final long seq, final String user) {
        return seq > 0
                && events.stream()
                        .anyMatch(event -> event instanceof Event.FinalLog log
                                && log.conversation().equals(conversation)
                                && seq <= log.entries().size()
                                && !log.entries().get((int) seq - 1).from().equals(user));
    }

    /// Connected in the end, and in the beginning before its user had acknowledged anything.
    private static boolean isOwedEverything(final List<Event> events, final String client) {
        final var user = client.substring(0, client.indexOf('/'));
        boolean ever = false;
        boolean connected = false;
        for (final var event : events) {
            if (!ever
                    && isOf(event.client(), user)
                    && (event instanceof Event.AckCall || event instanceof Event.ReadCall)) {
                return false;
            }
            if (event.client().equals(client)) {
                ever |= event instanceof Event.Connected;
                connected = event instanceof Event.Connected || (connected && !(event instanceof Event.Disconnected));
            }
        }
        return connected;
    }

    /// The next push of that conversation on the same connection; -1: none.
    private static int nextOnLink(final List<Event> events, final Event.Received got) {
        for (int index = indexOf(events, got) + 1; index < events.size(); index++) {
            final var event = events.get(index);
            if (event.client().equals(got.client())) {
                if (event instanceof Event.Received next && next.conversation().equals(got.conversation())) {
                    return index;
                }
                if (event instanceof Event.Disconnected) {
                    return -1;
                }
            }
        }
        return -1;
    }

    /// The first receipt after that `sent`, on the same connection, that covers it; -1: none, or the message
    /// was sent more than once.
    private static int coveringTick(final List<Event> events, final Event.SendOk ok) {
        final long calls = events.stream()
                .filter(event ->
                        event instanceof Event.SendCall call && call.id().equals(ok.id()))
                .count();
        for (int index = indexOf(events, ok) + 1; calls == 1 && index < events.size(); index++) {
            final var event = events.get(index);
            if (event.client().equals(ok.client())) {
                if (event instanceof Event.Receipt tick
                        && tick.conversation().equals(ok.conversation())
                        && tick.delivered() >= ok.seq()) {
                    return index;
                }
                if (event instanceof Event.Disconnected) {
                    return -1;
                }
            }
        }
        return -1;
    }

    @SuppressWarnings("ReferenceEquality") // this very event, not one like it
    private static int indexOf(final List<Event> events, final Event event) {
        for (int index = 0; index < events.size(); index++) {
            if (events.get(index) == event) {
                return index;
            }
        }
        return -1;
    }
}
