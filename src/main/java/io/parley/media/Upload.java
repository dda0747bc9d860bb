package io.parley.media;

import io.parley.content.Octets;
import io.parley.id.ConversationId;
import io.parley.id.MediaId;
import io.parley.id.UserId;
import java.time.Instant;

/// What was said of an upload when it was created; never changes.
///
/// @param owner        who uploads it
/// @param conversation the only one in which it may be sent
/// @param bytes        how large it is, as it is stored; 0 is possible
/// @param sha256       of all of them
/// @param created      to the millisecond
public record Upload(
        MediaId id, UserId owner, ConversationId conversation, long bytes, Octets sha256, Instant created) {}
