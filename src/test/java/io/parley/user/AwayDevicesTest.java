package io.parley.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.conversation.Nonce;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.user.UserCommand.Attach;
import io.parley.user.UserCommand.Detach;
import io.parley.user.UserCommand.LinkDevices;
import io.parley.user.UserCommand.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which devices an inbox calls away, and when: decisions alone, at times the tests choose.
final class AwayDevicesTest {
    private static final Duration AWAY_AFTER = Duration.ofDays(30);
    private static final Duration A_MOMENT = Duration.ofSeconds(1);
    private static final UserId ADA = new UserId("ada");
    private static final DeviceId PHONE = DeviceId.of(1);
    private static final DeviceId LAPTOP = DeviceId.of(2);

    private final InboxState state = new InboxState();
    private final Map<String, Instant> lives = new HashMap<>();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private long version;
    private InboxRules rules = freshRules();

    @Test
    void a_device_that_never_connected_is_away_when_its_linking_is_long_ago() {
        link(PHONE);
        link(PHONE, LAPTOP);
        connects(PHONE, 1);
        leaves(PHONE, 1);
        forward(AWAY_AFTER.minus(A_MOMENT));
        assertEquals(List.of(), start());
        forward(A_MOMENT);
        assertEquals(List.of(PHONE, LAPTOP), start());
    }

    @Test
    void a_device_counts_from_the_end_of_its_last_session() {
        link(PHONE, LAPTOP);
        forward(Duration.ofDays(20));
        connects(PHONE, 1);
        forward(A_MOMENT);
        leaves(PHONE, 1);
        forward(Duration.ofDays(29));
        assertEquals(List.of(LAPTOP), start());
        forward(Duration.ofDays(1));
        assertEquals(List.of(PHONE, LAPTOP), start());
    }

    @Test
    void a_device_that_is_connected_is_never_away() {
        link(PHONE);
        connects(PHONE, 1);
        for (int day = 0; day < 70; day++) {
            forward(Duration.ofDays(1).minusSeconds(10));
            connects(PHONE, 1); // alive, as every 10 s
            forward(Duration.ofSeconds(10));
            assertEquals(List.of(), wake());
        }
        leaves(PHONE, 1);
        forward(AWAY_AFTER.minus(A_MOMENT));
        assertEquals(List.of(), wake());
    }

    @Test
    void a_session_that_outlived_its_inbox_may_say_so_before_its_device_is_called_away() {
        link(PHONE, LAPTOP);
        connects(PHONE, 1);
        forward(AWAY_AFTER);
        assertEquals(List.of(LAPTOP), start());
        connects(PHONE, 1);
        forward(Sessions.GONE_AFTER.minus(A_MOMENT));
        connects(PHONE, 1);
        forward(A_MOMENT);
        assertEquals(List.of(LAPTOP), wake());
    }

    @Test
    void a_session_that_ended_with_its_node_counts_to_the_nodes_last_sign_of_life() {
        link(PHONE);
        connects(PHONE, 1);
        lives.put("life-1", now.plus(Duration.ofDays(10)));
        forward(Duration.ofDays(39));
        start();
        forward(Sessions.GONE_AFTER);
        assertEquals(List.of(), wake());
        forward(Duration.ofDays(1));
        assertEquals(List.of(PHONE), wake());
    }

    @Test
    void the_account_hears_of_it_again_until_the_device_is_gone_from_its_list() {
        link(PHONE, LAPTOP);
        connects(LAPTOP, 1);
        leaves(LAPTOP, 1);
        forward(AWAY_AFTER.minusHours(1));
        connects(LAPTOP, 2);
        leaves(LAPTOP, 2);
        forward(Duration.ofHours(1));
        assertEquals(List.of(PHONE), start());
        final var began = now;
        int told = 0;
        while (now.isBefore(began.plus(Duration.ofHours(24)))) {
            now = rules.wakeAt().orElseThrow();
            told += wake().size();
        }
        assertTrue(told >= 24 && told <= 40, told + " times in a day");
        link(LAPTOP);
        forward(Duration.ofHours(2));
        assertEquals(List.of(), wake());
    }

    @Test
    void an_inbox_that_stays_awake_notices_within_the_hour() {
        link(PHONE);
        final var awayFrom = now.plus(AWAY_AFTER);
        List<DeviceId> told = List.of();
        while (told.isEmpty()) {
            now = rules.wakeAt().orElseThrow();
            told = wake();
            assertTrue(told.isEmpty() || !now.isBefore(awayFrom));
        }
        assertTrue(now.isBefore(awayFrom.plus(Duration.ofHours(1))), "at " + now);
    }

    @Test
    void somebody_who_does_not_exist_wakes_nobody() {
        start();
        assertEquals(Optional.empty(), rules.wakeAt());
    }

    @Test
    void when_a_device_was_linked_survives_a_snapshot() {
        link(PHONE);
        forward(AWAY_AFTER.minus(A_MOMENT));
        final var restored = InboxState.restored(state.snapshot());
        assertEquals(List.of(), away(freshRules().recovered(restored, now)));
        forward(A_MOMENT);
        assertEquals(List.of(PHONE), away(freshRules().recovered(restored, now)));
    }

    // what the tests say

    private InboxRules freshRules() {
        return new InboxRules(
                ADA, () -> new Nonce(1, 1), life -> Optional.ofNullable(lives.get(life)), AWAY_AFTER, now);
    }

    private void forward(final Duration time) {
        now = now.plus(time);
    }

    /// The inbox starts, and nobody is connected yet.
    private List<DeviceId> start() {
        rules = freshRules();
        return perform(rules.recovered(state, now));
    }

    private List<DeviceId> wake() {
        return tell(new Tick(ADA));
    }

    private void link(final DeviceId... devices) {
        version++;
        final var list = Arrays.stream(devices)
                .map(device -> new UserEvent.Linked(device, 1))
                .toList();
        tell(new LinkDevices(ADA, "uid-ada", version, list, false, _ -> {}));
    }

    private void connects(final DeviceId device, final long stamp) {
        tell(new Attach(ADA, device, 1, stamp, "life-1", false, _ -> {}));
    }

    private void leaves(final DeviceId device, final long stamp) {
        tell(new Detach(ADA, device, stamp));
    }

    private List<DeviceId> tell(final UserCommand command) {
        return perform(rules.decide(state, command, now));
    }

    private List<DeviceId> perform(final Decision decision) {
        decision.events().forEach(state::apply);
        return away(decision);
    }

    private static List<DeviceId> away(final Decision decision) {
        return decision.effects().stream()
                .filter(Decision.TellAway.class::isInstance)
                .map(effect -> ((Decision.TellAway) effect).device())
                .toList();
    }
}
