package io.parley.conversation;

import io.parley.content.JsonText;
import io.parley.id.DeviceId;
import io.parley.id.MediaId;
import io.parley.id.MessageId;
import io.parley.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One entry of a conversation's log, as it goes to those who may read it.
///
/// @param seq        its place in the log, from 1, without gaps
/// @param author     who sent it
/// @param device     from which device; that device is never pushed it
/// @param id         the sender's own name for it
/// @param time       when it was stored, to the millisecond; never decreases within a conversation
/// @param body       the content
/// @param client     the sender's client metadata, for the sender's own devices only
/// @param media      the uploads it carries
/// @param nth        how many entries of this author the log holds up to and including this one
public record Entry(
        long seq,
        UserId author,
        DeviceId device,
        MessageId id,
        Instant time,
        JsonText body,
        Optional<JsonText> client,
        List<MediaId> media,
        long nth) {
    /// What everything but the contents of an entry is reckoned at when pages are cut by size.
    private static final int ENVELOPE_BYTES = 200;

    /// What a media id takes in a page, with its quotes and comma.
    private static final int MEDIA_BYTES = 2 * MediaId.BYTES + 3;

    @SuppressWarnings("NullAway") // nodes from before there were uploads do not say it
    public Entry {
        media = media == null ? List.of() : List.copyOf(media);
    }

    /// About how large the entry is in a page, in bytes.
    public int bytes() {
        return ENVELOPE_BYTES
                + body.value().length()
                + client.map(text -> text.value().length()).orElse(0)
                + MEDIA_BYTES * media.size();
    }

    /// The same entry with another body and without uploads, for somebody whom this one is not for.
    public Entry saying(final JsonText other) {
        return new Entry(seq, author, device, id, time, other, Optional.empty(), List.of(), nth);
    }

    static Entry of(final long seq, final ConversationEvent event) {
        return new Entry(
                seq,
                event.author(),
                event.device(),
                event.id(),
                Instant.ofEpochMilli(event.atMillis()),
                switch (event) {
                    case ConversationEvent.MessagePosted posted -> posted.body();
                    case ConversationEvent.CommitPosted commit -> CommitBody.of(commit);
                },
                switch (event) {
                    case ConversationEvent.MessagePosted posted -> posted.client();
                    case ConversationEvent.CommitPosted _ -> Optional.empty();
                },
                switch (event) {
                    case ConversationEvent.MessagePosted posted -> posted.media();
                    case ConversationEvent.CommitPosted _ -> List.of();
                },
                event.nth());
    }
}
