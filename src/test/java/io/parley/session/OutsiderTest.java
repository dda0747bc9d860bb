package io.parley.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.parley.content.JsonText;
import io.parley.conversation.Entry;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OutsiderTest {
    private static final DeviceId DEVICE = new DeviceId("00a1b2c3d4e5f607");
    private static final String OTHERS = "[{\"user\":\"bob\",\"device\":\"1111111111111111\"}]";
    private static final String OWN = "[{\"user\":\"alice\",\"device\":\"00a1b2c3d4e5f607\"}]";

    @Test
    void of_what_is_encrypted_only_the_type_is_left_wherever_the_type_stands() {
        assertEquals("{\"type\":\"mls\"}", seen("{\"type\":\"mls\",\"message\":\"AAEA\"}"));
        assertEquals(
                "{\"type\":\"mls\"}", seen("{\"hint\":{\"type\":\"text\"},\"message\":\"AAEA\",\"type\":\"mls\"}"));
        assertEquals("{\"type\":\"commit\"}", seen(commit(OTHERS, OTHERS)));
    }

    @Test
    void of_what_is_encrypted_the_uploads_are_withheld_too() {
        assertEquals(
                List.of(),
                Outsider.seen(entry("{\"type\":\"mls\",\"message\":\"AAEA\"}"), DEVICE)
                        .media());
    }

    @Test
    void a_commit_that_adds_or_removes_the_device_is_whole() {
        assertEquals(commit(OWN, "[]"), seen(commit(OWN, "[]")));
        assertEquals(commit("[]", OWN), seen(commit("[]", OWN)));
    }

    @Test
    void what_was_never_encrypted_stays_as_it_is() {
        final var text = entry("{\"type\":\"text\",\"text\":\"mls\",\"message\":\"AAEA\"}");
        assertSame(text, Outsider.seen(text, DEVICE));
        assertEquals(List.of(text), Outsider.seen(List.of(text), DEVICE, true));
    }

    private static String seen(final String body) {
        return Outsider.seen(entry(body), DEVICE).body().value();
    }

    private static String commit(final String added, final String removed) {
        return "{\"type\":\"commit\",\"group\":\"YQ\",\"epoch\":2,\"message\":\"AAEA\",\"added\":" + added
                + ",\"removed\":" + removed + "}";
    }

    private static Entry entry(final String body) {
        return new Entry(
                3,
                new UserId("bob"),
                DeviceId.of(1),
                new MessageId("m"),
                Instant.EPOCH,
                new JsonText(body),
                Optional.empty(),
                List.of(new MediaId("0".repeat(32))),
                2);
    }
}
