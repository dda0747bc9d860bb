package io.parley.simulation;

import io.parley.conversation.Entry;
import io.parley.conversation.PageReply;
import io.parley.id.DeviceId;
import io.parley.protocol.ServerFrame;
import io.parley.session.Frames;
import io.parley.user.Delivery;
import io.parley.user.UserCommand;
import java.util.List;

/// A connection with a mistake.
final class TamperedLine extends Line {
    private static final DeviceId NOBODY = DeviceId.of(0);

    private final Told told = new Told();

    TamperedLine(final World world, final Device device, final int number, final int window) {
        super(world, device, number, window);
    }

    @Override
    void delivery(final Delivery delivery) {
        if (delivery
                instanceof
                Delivery.Arrived(final var id, final long cursor, final var entries, final boolean outside)) {
            if (world.variant == Variant.GAPS_NOT_FILLED && served && welcomed) {
                for (final var entry : entries) {
                    if (entry.seq() > lastPushed(id).orElse(cursor)
                            && !entry.device().equals(device.id)) {
                        send(new ServerFrame.Message(id, Frames.toWire(entry, device.user)));
                    }
                }
            }
            super.delivery(new Delivery.Arrived(id, cursor, seen(entries), outside));
        } else {
            super.delivery(delivery);
        }
    }

    @Override
    PageReply seen(final PageReply reply) {
        return reply
                        instanceof
                        PageReply.Page(
                                final var id,
                                final var entries,
                                final long head,
                                final var outside,
                                final long tag)
                ? new PageReply.Page(id, seen(entries), head, outside, tag)
                : reply;
    }

    @Override
    List<Entry> seen(final List<Entry> entries) {
        if (world.variant != Variant.OWN_ENTRIES_PUSHED) {
            return entries;
        }
        return entries.stream()
                .map(entry -> new Entry(
                        entry.seq(),
                        entry.author(),
                        NOBODY,
                        entry.id(),
                        entry.time(),
                        entry.body(),
                        entry.client(),
                        entry.media(),
                        entry.nth()))
                .toList();
    }

    @Override
    public void tell(final UserCommand message) {
        final boolean again = switch (message) {
            case UserCommand.Attach _ -> world.variant == Variant.ATTACH_NOT_REPEATED && !told.isFirst("attach");
            case UserCommand.Acknowledge said ->
                world.variant == Variant.CURSOR_NOT_REPEATED
                        && !told.isFirst(said.conversation(), said.cursor(), said.delivered(), said.read());
            default -> false;
        };
        if (!again) {
            super.tell(message);
        }
    }
}
