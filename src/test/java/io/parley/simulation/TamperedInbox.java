package io.parley.simulation;

import io.parley.conversation.ConversationCommand;
import io.parley.conversation.MemberMessage;
import io.parley.conversation.Nonce;
import io.parley.conversation.Watermark;
import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.user.Delivery;
import io.parley.user.SimulatedInbox;
import io.parley.user.UserCommand;
import io.parley.user.UserEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// An inbox with a mistake.
final class TamperedInbox extends InboxEntity {
    private record Closing(List<UserEvent> events) implements Step<UserEvent> {
        @Override
        public void perform() {}

        @Override
        public void notStored() {}
    }

    private final Told told = new Told();
    private final Told toldOnce = new Told();
    private final Map<ConversationId, Nonce> lastSettle = new HashMap<>();
    private final Map<ConversationId, Nonce> forged = new HashMap<>();
    private final Map<DeviceId, UserCommand.Attach> attached = new HashMap<>();
    private long stamps = 1_000_000;
    private final Map<Object, Long> stampsOf = new HashMap<>();

    TamperedInbox(final World world, final UserId user) {
        super(world, user);
    }

    @Override
    void start() {
        told.forget();
        toldOnce.forget();
        lastSettle.clear();
        forged.clear();
        attached.clear();
        stampsOf.clear();
        super.start();
    }

    boolean isFirst(final Endpoint session, final Delivery.HeadKnown known) {
        return toldOnce.isFirst(session, known.conversation(), known.head());
    }

    @Override
    void recovered() {
        if (world.variant != Variant.WATERMARK_NOT_TOLD_AFTER_CRASH) {
            super.recovered();
        }
    }

    @Override
    Step<UserEvent> decide(final UserCommand command) {
        return switch (command) {
            case UserCommand.FromConversation from
            when from.message() instanceof final MemberMessage.MayClose mayClose -> mayClose(mayClose);
            case UserCommand.Attach attach -> {
                final boolean fresh = attached.put(attach.device(), attach) == null;
                if (fresh && world.variant == Variant.PROBE_NOT_REPEATED) {
                    told.forget();
                }
                yield super.decide(stamped(attach));
            }
            case UserCommand.Detach detach -> {
                attached.remove(detach.device());
                final var step = super.decide(detach);
                if (world.variant == Variant.CLOSED_WITHOUT_EVERY_DEVICE) {
                    settleForSome();
                }
                yield step;
            }
            default -> super.decide(command);
        };
    }

    private UserCommand.Attach stamped(final UserCommand.Attach attach) {
        if (world.variant != Variant.STAMPS_DO_NOT_COUNT) {
            return attach;
        }
        final var current = stampsOf.get(attach.device());
        final long stamp = current != null && current == attach.stamp() ? stamps : ++stamps;
        stampsOf.put(attach.device(), attach.stamp());
        return new UserCommand.Attach(
                user, attach.device(), attach.generation(), stamp, attach.life(), attach.lacking(), attach.session());
    }

    private void settleForSome() {
        for (final var conversation : world.conversationsOf(user)) {
            final var chat = chat(conversation.id);
            if (chat.filter(SimulatedInbox.Durable::open).isPresent()) {
                final var nonce = world.nonce();
                forged.put(conversation.id, nonce);
                tell(new ConversationCommand.Settle(
                        conversation.id,
                        new Watermark(user, chat.get().delivered(), chat.get().shared()),
                        chat.get().delivered(),
                        nonce,
                        OptionalLong.empty()));
            }
        }
    }

    private Step<UserEvent> mayClose(final MemberMessage.MayClose mayClose) {
        final var id = mayClose.conversation();
        final var last = lastSettle.get(id);
        final boolean closesAnyway = mayClose.nonce().equals(forged.get(id))
                || (world.variant == Variant.NOTIFY_DOES_NOT_VOID_SETTLE
                        && mayClose.nonce().equals(last));
        if (closesAnyway) {
            final var chat = chat(id);
            if (chat.isPresent()
                    && chat.get().open()
                    && (world.variant == Variant.CLOSED_WITHOUT_EVERY_DEVICE
                            || rules.devices().stream()
                                    .allMatch(device -> chat.get().cursor(device) >= mayClose.head()))) {
                return new Closing(List.of(new UserEvent.ChatsMoved(List.of(new UserEvent.Moved(
                        id,
                        mayClose.head(),
                        0,
                        chat.get().delivered(),
                        chat.get().read(),
                        Map.of(),
                        true,
                        false)))));
            }
        }
        final var nonce = world.variant == Variant.MAY_CLOSE_WITH_ANY_NONCE && last != null ? last : mayClose.nonce();
        return super.decide(
                new UserCommand.FromConversation(user, new MemberMessage.MayClose(id, mayClose.head(), nonce)));
    }

    @Override
    List<UserEvent> events(final Step<UserEvent> step) {
        if (world.variant != Variant.NEW_DEVICE_STARTS_AT_HEAD) {
            return step.events();
        }
        final var events = new ArrayList<UserEvent>();
        for (final var event : step.events()) {
            events.add(event);
            if (event instanceof final UserEvent.DevicesLinked linked) {
                final var moved = new ArrayList<UserEvent.Moved>();
                for (final var each : linked.devices()) {
                    if (!rules.devices().contains(each.device())) {
                        startAtHead(each.device(), moved);
                    }
                }
                events.add(new UserEvent.ChatsMoved(moved));
            }
        }
        return events;
    }

    private void startAtHead(final DeviceId device, final List<UserEvent.Moved> moved) {
        for (final var conversation : world.conversationsOf(user)) {
            chat(conversation.id)
                    .ifPresent(chat -> moved.add(new UserEvent.Moved(
                            conversation.id,
                            chat.head(),
                            0,
                            chat.delivered(),
                            chat.read(),
                            Map.of(device, conversation.head()),
                            false,
                            false)));
        }
    }

    @Override
    boolean tellsEarly(final List<UserEvent> events) {
        return switch (world.variant) {
            case NOTED_BEFORE_STORED -> events.stream().anyMatch(event -> event instanceof UserEvent.ChatOpened);
            case CURSORS_TOLD_BEFORE_STORED -> events.stream().anyMatch(event -> event instanceof UserEvent.ChatsMoved);
            default -> false;
        };
    }

    @Override
    void tell(final ConversationCommand message) {
        final var says = world.variant == Variant.WATERMARK_OF_LINKED_DEVICES_ONLY ? lowered(message) : message;
        switch (says) {
            case ConversationCommand.Settle settle -> lastSettle.put(settle.conversation(), settle.nonce());
            case ConversationCommand.Probe probe -> {
                if (world.variant == Variant.PROBE_NOT_REPEATED && !told.isFirst(probe.conversation())) {
                    return;
                }
            }
            case ConversationCommand.Reached reached -> {
                if (world.variant == Variant.WATERMARK_NOT_REPEATED
                        && reached.answering().isEmpty()
                        && !told.isFirst(reached.conversation(), reached.reached())) {
                    return;
                }
            }
            default -> {}
        }
        super.tell(says);
    }

    private ConversationCommand lowered(final ConversationCommand message) {
        return switch (message) {
            case ConversationCommand.Noted(final var id, final var period, final var since, final var reached) ->
                new ConversationCommand.Noted(id, period, since, lowered(id, reached));
            case ConversationCommand.Probe(final var id, final var reached, final long since, final long tag) ->
                new ConversationCommand.Probe(id, lowered(id, reached), since, tag);
            case ConversationCommand.Settle settle ->
                new ConversationCommand.Settle(
                        settle.conversation(),
                        lowered(settle.conversation(), settle.reached()),
                        settle.delivered(),
                        settle.nonce(),
                        settle.attachedSince());
            case ConversationCommand.Reached(final var id, final var reached, final var since, final var answering) ->
                new ConversationCommand.Reached(id, lowered(id, reached), since, answering);
            default -> message;
        };
    }

    private Watermark lowered(final ConversationId id, final Watermark reached) {
        final Optional<SimulatedInbox.Durable> chat = chat(id);
        if (chat.isEmpty()) {
            return reached;
        }
        final long linked = rules.devices().stream()
                .mapToLong(device -> chat.get().cursor(device))
                .max()
                .orElse(0);
        final long delivered = Math.min(reached.delivered(), linked);
        return new Watermark(user, delivered, Math.min(reached.read(), delivered));
    }
}
