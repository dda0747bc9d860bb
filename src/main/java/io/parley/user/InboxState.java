package io.parley.user;

import io.parley.id.ConversationId;
import io.parley.id.DeviceId;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is durable of a user. Changes itself in [#apply] and never leaves its actor; what is volatile
/// (sessions, what has moved since the last write) is in [InboxRules].
final class InboxState {
    /// One linked device.
    static final class Device {
        final DeviceId id;
        long generation;
        final long linkedMillis;
        long seenMillis;
        String life = "";

        Device(final DeviceId id, final long linkedMillis) {
            this.id = id;
            this.linkedMillis = linkedMillis;
        }
    }

    private String uid = "";
    private long version;
    private Settings settings = Settings.DEFAULT;
    private final Map<DeviceId, Device> devices = new LinkedHashMap<>(4);
    private final Map<ConversationId, Chat> chats = new LinkedHashMap<>();
    private final Set<Chat> open = new LinkedHashSet<>();
    private List<ConversationId> relying = List.of();

    boolean exists() {
        return !uid.isEmpty();
    }

    /// There was such a user; there will be none of this name again.
    boolean isErased() {
        return !exists() && version > 0;
    }

    /// Of an inbox that is erased: the conversations that have not heard so yet.
    List<ConversationId> relying() {
        return relying;
    }

    /// The account's own count of its changes that this inbox has heard of.
    long version() {
        return version;
    }

    Settings settings() {
        return settings;
    }

    Collection<Device> devices() {
        return devices.values();
    }

    Optional<Device> device(final DeviceId id) {
        return Optional.ofNullable(devices.get(id));
    }

    Optional<Chat> chat(final ConversationId id) {
        return Optional.ofNullable(chats.get(id));
    }

    Collection<Chat> chats() {
        return chats.values();
    }

    Collection<Chat> openChats() {
        return open;
    }

    InboxState apply(final UserEvent event) {
        switch (event) {
            case UserEvent.DevicesLinked linked -> applyDevices(linked);
            case UserEvent.ChatOpened opened -> {
                final var chat = chats.computeIfAbsent(opened.conversation(), Chat::new);
                chat.head = Math.max(chat.head, opened.head());
                chat.atMillis = Math.max(chat.atMillis, opened.atMillis());
                setOpen(chat, true);
            }
            case UserEvent.ChatsMoved moved -> moved.chats().forEach(this::applyMoved);
            case UserEvent.Seen seen ->
                device(seen.device()).ifPresent(device -> {
                    device.seenMillis = Math.max(device.seenMillis, seen.atMillis());
                    device.life = seen.online() ? seen.life() : "";
                });
            case UserEvent.SettingsChanged changed -> {
                settings = new Settings(
                        Settings.Audience.parse(changed.lastSeen()).orElse(Settings.Audience.NOBODY),
                        changed.readReceipts());
            }
            case UserEvent.Erased erased -> applyErased(erased);
        }
        return this;
    }

    /// The same end once more.
    UserEvent.Erased erasedAgain(final Instant now) {
        return new UserEvent.Erased(version, relying, now.toEpochMilli());
    }

    private void applyErased(final UserEvent.Erased erased) {
        uid = "";
        version = erased.version();
        settings = Settings.DEFAULT;
        devices.clear();
        chats.clear();
        open.clear();
        relying = erased.relying();
    }

    private void applyMoved(final UserEvent.Moved moved) {
        final var chat = chats.computeIfAbsent(moved.conversation(), Chat::new);
        chat.head = Math.max(chat.head, moved.head());
        chat.atMillis = Math.max(chat.atMillis, moved.atMillis());
        chat.wrote |= moved.wrote();
        final long shared = settings.readReceipts() ? Math.max(chat.shared, moved.read()) : chat.shared;
        chat.untold |= moved.delivered() > chat.delivered || shared > chat.shared;
        chat.delivered = Math.max(chat.delivered, moved.delivered());
        chat.read = Math.max(chat.read, moved.read());
        chat.shared = shared;
        moved.cursors().forEach((device, cursor) -> {
            if (devices.containsKey(device)) {
                chat.cursors.put(device, Math.max(chat.cursor(device), cursor));
            }
        });
        if (moved.closed()) {
            chat.base = moved.head();
            chat.cursors.clear();
            setOpen(chat, false);
        }
    }

    /// A new device starts at the delivered watermark of each conversation: what no device has had is owed to
    /// it. Where that lies below what the others have (notes to oneself), a settled conversation is open again.
    private void applyDevices(final UserEvent.DevicesLinked linked) {
        uid = linked.uid();
        version = linked.version();
        final var before = Set.copyOf(devices.keySet());
        final var now = new LinkedHashMap<DeviceId, Device>();
        for (final var each : linked.devices()) {
            final var device = devices.getOrDefault(each.device(), new Device(each.device(), linked.atMillis()));
            device.generation = each.generation();
            now.put(each.device(), device);
        }
        devices.clear();
        devices.putAll(now);
        for (final var chat : chats.values()) {
            chat.cursors.keySet().retainAll(devices.keySet());
            for (final var device : devices.keySet()) {
                if (!before.contains(device) && chat.delivered != chat.base) {
                    chat.cursors.put(device, chat.delivered);
                    setOpen(chat, chat.open || chat.delivered < chat.base);
                }
            }
        }
    }

    private void setOpen(final Chat chat, final boolean isOpen) {
        chat.open = isOpen;
        if (isOpen) {
            open.add(chat);
        } else {
            open.remove(chat);
        }
    }

    UserSnapshot snapshot() {
        return new UserSnapshot(
                uid,
                version,
                devices.values().stream()
                        .map(device -> new UserSnapshot.Device(
                                device.id, device.generation, device.seenMillis, device.life, device.linkedMillis))
                        .toList(),
                settings.lastSeen().wire(),
                settings.readReceipts(),
                chats.values().stream()
                        .map(chat -> new UserSnapshot.Chat(
                                chat.id,
                                chat.open,
                                chat.head,
                                chat.atMillis,
                                chat.delivered,
                                chat.read,
                                chat.shared,
                                chat.base,
                                chat.cursors,
                                chat.wrote,
                                chat.untold))
                        .toList(),
                relying);
    }

    static InboxState restored(final UserSnapshot from) {
        final var state = new InboxState();
        state.uid = from.uid();
        state.version = from.version();
        state.settings = new Settings(
                Settings.Audience.parse(from.lastSeen()).orElse(Settings.Audience.NOBODY), from.readReceipts());
        for (final var each : from.devices()) {
            final var device = new Device(each.device(), each.linkedMillis());
            device.generation = each.generation();
            device.seenMillis = each.seenMillis();
            device.life = each.life();
            state.devices.put(each.device(), device);
        }
        for (final var each : from.chats()) {
            final var chat = new Chat(each.conversation());
            chat.head = each.head();
            chat.atMillis = each.atMillis();
            chat.delivered = each.delivered();
            chat.read = each.read();
            chat.shared = each.shared();
            chat.base = each.base();
            chat.cursors.putAll(each.cursors());
            chat.wrote = each.wrote();
            chat.untold = each.untold();
            state.chats.put(chat.id, chat);
            state.setOpen(chat, each.open());
        }
        state.relying = from.relying();
        return state;
    }
}
