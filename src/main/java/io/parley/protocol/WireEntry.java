package io.parley.protocol;

import io.parley.content.JsonText;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One entry of a conversation's log as a client sees it. All but `seq` and `body` are absent where the entry
/// is withheld from the reader.
///
/// @param client the client metadata of the sender, given back to the sender's own devices only
/// @param media  the uploads it carries; none where it is withheld
public record WireEntry(
        long seq,
        Optional<MessageId> id,
        Optional<UserId> from,
        Optional<DeviceId> device,
        Optional<Instant> time,
        JsonText body,
        Optional<JsonText> client,
        List<MediaId> media) {}
