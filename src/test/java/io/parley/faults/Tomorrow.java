package io.parley.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.local.ChangedProgram;
import io.parley.local.ChangedProgram.Change;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// Two builds of the program that are of one protocol: today's, and one of tomorrow with an optional field more
/// in an event that is stored, in a snapshot, and in two messages between nodes.
///
/// What tomorrow's does with them: the session of a message says in `Post` that it is of tomorrow; whoever
/// stores it writes into the event the how-manieth event with such a mark it is, as far as the log and
/// snapshots told, and whether `Post` said so; the snapshot holds that count.
final class Tomorrow {
    /// So often that a short run has some.
    private static final Change SNAPSHOTS_OFTEN =
            new Change("conversation/Conversation.java", "SNAPSHOT_EVERY = 1_000", "SNAPSHOT_EVERY = 10");

    private static final ChangedProgram TODAY = ChangedProgram.of(SNAPSHOTS_OFTEN);

    private static final ChangedProgram TOMORROW = TODAY.and(
            new Change(
                    "conversation/ConversationCommand.java",
                    "List<MediaId> media,\n            OptionalLong after,\n            ReplyTo<PostReply> replyTo)\n            implements Submission {",
                    """
                    List<MediaId> media,
                    OptionalLong after,
                    Optional<String> build,
                    ReplyTo<PostReply> replyTo)
                    implements Submission {
                        public Post(
                                ConversationId conversation,
                                UserId author,
                                DeviceId device,
                                MessageId id,
                                Body body,
                                Optional<JsonText> client,
                                List<MediaId> media,
                                OptionalLong after,
                                ReplyTo<PostReply> replyTo) {
                            this(conversation, author, device, id, body, client, media, after, Optional.of("tomorrow"), replyTo);
                        }
                    """),
            new Change(
                    "conversation/ConversationEvent.java",
                    "            @JsonProperty(\"n\") long nth)\n            implements ConversationEvent {",
                    """
                    @JsonProperty("n") long nth,
                    @JsonProperty("m") Optional<Mark> mark)
                    implements ConversationEvent {
                        record Mark(@JsonProperty("n") long nth, @JsonProperty("p") boolean posted) {}
                    """),
            new Change(
                    "conversation/ConversationEvent.java",
                    "            client = client == null ? Optional.empty() : client;",
                    """
                    client = client == null ? Optional.empty() : client;
                    mark = mark == null ? Optional.empty() : mark;"""),
            new Change("conversation/ConversationRules.java", "                            nth);", """
                    nth,
                    Optional.of(new ConversationEvent.MessagePosted.Mark(
                            state.marks() + entries.size() + 1, post.build().isPresent())));"""),
            new Change("conversation/ConversationState.java", "    private long head;\n", """
                    private long head;
                    private long marks;

                    long marks() {
                        return marks;
                    }
                    """),
            new Change("conversation/ConversationState.java", "state.head = from.head();", """
                    state.head = from.head();
                    state.marks = from.marks();"""),
            new Change(
                    "conversation/ConversationState.java",
                    "                recentTimes);",
                    "                recentTimes, marks);"),
            new Change("conversation/ConversationState.java", "        head++;\n", """
                    head++;
                    if (event instanceof ConversationEvent.MessagePosted posted) {
                        marks = posted.mark().map(ConversationEvent.MessagePosted.Mark::nth).orElse(marks);
                    }
                    """),
            new Change(
                    "conversation/ConversationSnapshot.java",
                    "@JsonProperty(\"rt\") List<Long> recentTimes)",
                    "@JsonProperty(\"rt\") List<Long> recentTimes,\n        @JsonProperty(\"m\") long marks)"),
            new Change(
                    "cluster/LeaseMessage.java",
                    "Optional<UUID> cluster, ReplyTo<LeaseMessage> replyTo)\n            implements LeaseMessage {}",
                    """
                    Optional<UUID> cluster, Optional<String> build, ReplyTo<LeaseMessage> replyTo)
                            implements LeaseMessage {
                        Question(
                                long number, String address, long uid, Optional<UUID> cluster, ReplyTo<LeaseMessage> replyTo) {
                            this(number, address, uid, cluster, Optional.of("tomorrow"), replyTo);
                        }
                    }
                    """));

    private final Path today;
    private final Path tomorrow;

    /// Compiles both.
    ///
    /// @param into an empty directory
    Tomorrow(final Path into) {
        final var sources = Path.of("src", "main", "java");
        this.today = TODAY.compile(sources, into.resolve("today"));
        this.tomorrow = TOMORROW.compile(sources, into.resolve("tomorrow"));
        try { // shards go to nodes of the highest version first
            Files.writeString(tomorrow.resolve("version.conf"), "parley.version = \"9.0.0\"\n");
        } catch (final IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Path today() {
        return today;
    }

    Path tomorrow() {
        return tomorrow;
    }

    /// The mark of an event as it stands in the journal.
    ///
    /// @param nth    how many marked events there were with this one, as far as its writer knew
    /// @param posted whether the message that asked for it was of tomorrow as well
    record Mark(long nth, boolean posted) {}

    static boolean isMarked(final JsonNode event) {
        return event.has("m");
    }

    static Mark mark(final JsonNode event) {
        return new Mark(
                event.path("m").path("n").asLong(), event.path("m").path("p").asBoolean());
    }

    /// The count of marks in a snapshot; empty in one of today.
    static OptionalLong marks(final JsonNode snapshot) {
        return snapshot.has("m") ? OptionalLong.of(snapshot.path("m").asLong()) : OptionalLong.empty();
    }
}
