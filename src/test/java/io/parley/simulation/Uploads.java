package io.parley.simulation;

import io.parley.content.Body;
import io.parley.content.JsonText;
import io.parley.conversation.Entry;
import io.parley.conversation.MediaDesk;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The store of uploads, which outlives everybody. It answers late, and sometimes not what it did.
final class Uploads {
    private final World world;

    /// Of its own, so that a history without uploads is the same as it was.
    private final Dice dice;

    private final Map<MediaId, MediaDesk.Claim> claims = new HashMap<>();
    private final Map<MediaId, Long> places = new HashMap<>();

    Uploads(final World world, final long seed) {
        this.world = world;
        this.dice = new Dice(~seed);
    }

    /// What a new message carries; mostly nothing.
    List<MediaId> some() {
        final int count = dice.chance(100) ? dice.between(1, 3) : 0;
        return IntStream.range(0, count)
                .mapToObj(_ -> new MediaId("%016x%016x".formatted(dice.next(), dice.next())))
                .toList();
    }

    static Body body(final MessageId message, final List<MediaId> media) {
        if (media.isEmpty()) {
            return new Body("text", new JsonText("{\"type\":\"text\",\"text\":\"" + message + "\"}"));
        }
        final var files = media.stream()
                .map(each -> "{\"media\":\"" + each + "\",\"kind\":\"image\"}")
                .collect(Collectors.joining(","));
        return new Body(
                "media", new JsonText("{\"type\":\"media\",\"text\":\"" + message + "\",\"files\":[" + files + "]}"));
    }

    /// How long something takes here; now and then longer than anybody waits.
    int millis() {
        final var conditions = world.conditions;
        if (world.isStill()) {
            return dice.between(0, 5);
        }
        return dice.chance(conditions.slowPerMille())
                ? dice.between(0, World.SLOW_MAX)
                : dice.between(0, conditions.delayMax());
    }

    boolean fail() {
        return !world.isStill() && world.conditions.faults() && dice.chance(100);
    }

    void bind(final MediaDesk.Claim claim, final List<MediaId> media) {
        media.forEach(each -> {
            final var before = claims.putIfAbsent(each, claim); // what was claimed earlier finds it all the same
            world.judge.check(
                    before == null || before.message().equals(claim.message()),
                    () -> each + " of " + before + " is wanted for " + claim);
        });
    }

    void stored(final long seq, final List<MediaId> media) {
        media.forEach(each -> places.put(each, seq));
    }

    /// Whether all the entry carries is bound to it, so that it is found from what it was claimed with.
    boolean areOf(final Entry entry, final ConversationId conversation) {
        return entry.media().stream().allMatch(each -> {
            final var claim = claims.get(each);
            return claim != null
                    && claim.conversation().equals(conversation)
                    && claim.author().equals(entry.author())
                    && claim.message().equals(entry.id())
                    && claim.head() < entry.seq();
        });
    }

    /// Whether it was told, of what it was told, the truth; and where nothing is amiss, of all.
    boolean areToldOf(final Entry entry) {
        return entry.media().stream()
                .allMatch(
                        each -> places.containsKey(each) ? places.get(each) == entry.seq() : !world.conditions.calm());
    }
}
