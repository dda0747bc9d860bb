package io.parley.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.parley.content.JsonText;
import io.parley.conversation.Entry;
import io.parley.id.DeviceId;
import java.util.List;
import java.util.stream.StreamSupport;

/// What a device that is not in a conversation's group gets of what is encrypted for the group: that somebody
/// has said something, and when; and of commits whole only those by which it was removed, or came in. It could
/// read none of the rest (RFC 9420 gives nobody what was said while they were not in), and whoever was removed
/// is to collect nothing that a key of later might open.
public final class Outsider {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String MLS = "mls";
    private static final String COMMIT = "commit";

    private Outsider() {}

    /// The entries as `device` may see them.
    ///
    /// @param outside whether it is not in the group; nothing is withheld from the others
    public static List<Entry> seen(final List<Entry> entries, final DeviceId device, final boolean outside) {
        return outside ? entries.stream().map(entry -> seen(entry, device)).toList() : entries;
    }

    /// The entry as `device` may see it.
    public static Entry seen(final Entry entry, final DeviceId device) {
        final JsonNode body;
        try {
            body = JSON.readTree(entry.body().value());
        } catch (final JsonProcessingException garbage) {
            throw new IllegalStateException("a body that is no JSON was stored", garbage);
        }
        return switch (body.path("type").asText()) {
            case MLS -> entry.saying(only(MLS));
            case COMMIT ->
                names(body, "added", device) || names(body, "removed", device) ? entry : entry.saying(only(COMMIT));
            default -> entry;
        };
    }

    private static JsonText only(final String type) {
        return new JsonText("{\"type\":\"" + type + "\"}");
    }

    private static boolean names(final JsonNode commit, final String whom, final DeviceId device) {
        return StreamSupport.stream(commit.path(whom).spliterator(), false)
                .anyMatch(each -> each.path("device").asText().equals(device.toString()));
    }
}
