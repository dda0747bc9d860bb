package io.parley.ops;

import static io.parley.ops.Metric.Kind.COUNTER;
import static io.parley.ops.Metric.Kind.GAUGE;
import static io.parley.ops.Metric.Kind.HISTOGRAM;

import java.util.List;

/// What a node tells Prometheus of itself, beside its JVM: each with its name, kind, labels and a sentence for
/// people. docs/operations.md has the same list, with what to make of each.
enum Metric {
    BUILD("parley_build_info", GAUGE, "Always 1; the labels say what runs here.", "version", "java"),
    READY("parley_ready", GAUGE, "1 when messages can be sent, as /health/ready says it; else 0."),
    SESSIONS("parley_sessions", GAUGE, "Live sessions."),
    SESSIONS_CLOSED("parley_sessions_closed", COUNTER, "Sessions that the node closed, by close code.", "code"),
    ACCEPTED("parley_messages_accepted", COUNTER, "Messages that got their tick: stored."),
    PUSHED("parley_messages_pushed", COUNTER, "Messages written to a device, once for each device."),
    DELIVERED("parley_messages_delivered", COUNTER, "Pushed messages that the device has acknowledged."),
    ACCEPT_SECONDS(
            "parley_message_accept_seconds", HISTOGRAM, "From when a conversation took a message until it was stored."),
    PERSIST_SECONDS("parley_persist_seconds", HISTOGRAM, "From the order to write until it was durable.", "entity"),
    WRITES_FAILED(
            "parley_writes_failed",
            COUNTER,
            "Writes that failed or were rejected; nothing was acknowledged.",
            "entity"),
    RECOVERIES_FAILED(
            "parley_recoveries_failed", COUNTER, "Entities that could not be read from the journal.", "entity"),
    PROBES_FAILED("parley_store_probes_failed", COUNTER, "Probes whether the store takes writes that failed."),
    BLOBS_FAILED("parley_blobs_failed", COUNTER, "Blobs that could not be written, bound, read or deleted."),
    MEDIA_UPLOADS("parley_media_uploads", COUNTER, "Uploads that began, were finished, sent, or thrown away.", "state"),
    MEDIA_BYTES("parley_media_bytes", COUNTER, "Bytes of uploads that came in and went out.", "direction"),
    MEDIA_FAILED("parley_media_failed", COUNTER, "What could not be done where uploads are kept.", "what"),
    LIFE_RECORDS_FAILED("parley_life_records_failed", COUNTER, "Signs of life that could not be written."),
    ROWS_PASSED_OVER(
            "parley_journal_rows_passed_over", COUNTER, "Journal rows of writers that had been overtaken (Cassandra)."),
    JOURNAL_BYTES("parley_journal_bytes", GAUGE, "Size of the embedded store's files."),
    JOURNAL_EVENTS("parley_journal_events", COUNTER, "Events ever written to the embedded store."),
    DISK_FREE("parley_disk_free_bytes", GAUGE, "What is left on the disk of the embedded store."),
    JOURNAL_READS_WAITING("parley_journal_reads_waiting", GAUGE, "Reads of history that wait behind others."),
    ENTITIES("parley_entities", GAUGE, "Entities in this node's memory.", "entity"),
    SHARDS("parley_shards", GAUGE, "Shards that this node has.", "entity"),
    MEMBERS("parley_cluster_members", GAUGE, "Members of the cluster, as this node sees them."),
    UNREACHABLE("parley_cluster_members_unreachable", GAUGE, "Members that this node sees as unreachable."),
    LEASE_HELD("parley_lease_held", GAUGE, "1 while this node may act for its entities, else 0."),
    LEASE_GAINED("parley_lease_gained", COUNTER, "Times this node of several gained its lease."),
    LEASE_LOST("parley_lease_lost", COUNTER, "Times this node of several lost its lease."),
    LEASE_REFUSALS("parley_lease_refusals", COUNTER, "What was refused without the lease.", "entity"),
    REFUSALS("parley_refusals", COUNTER, "Frames and requests that were refused, by code.", "via", "code"),
    LIMIT_HITS("parley_limit_hits", COUNTER, "Times a limit or the bound of a queue was met.", "limit"),
    DROPPED("parley_actor_messages_dropped", COUNTER, "What actors were told and a full queue dropped."),
    DEAD_LETTERS("parley_dead_letters", COUNTER, "What came for an actor that was gone."),
    MISADDRESSED("parley_misaddressed", COUNTER, "Commands that came to an entity they were not for.", "entity"),
    NOTES_UNANSWERED("parley_inbox_unanswered", COUNTER, "Times an inbox did not answer a conversation in time."),
    ACCOUNT_REFUSALS("parley_account_refusals", COUNTER, "What accounts refused.", "reason"),
    ADMIN_CALLS("parley_admin_calls", COUNTER, "Calls by which operators change something.", "call"),
    ADMIN_REFUSALS("parley_admin_refusals", COUNTER, "Calls of operators that were refused for their token.", "reason"),
    HASHES("parley_password_hashes", COUNTER, "Passwords that were hashed."),
    HASHES_WAITING("parley_password_hashes_waiting", GAUGE, "Passwords that wait to be hashed.");

    enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    private final String family;
    private final Kind kind;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of: nobody can change it
    private final List<String> labels;

    Metric(final String family, final Kind kind, final String help, final String... labels) {
        this.family = family;
        this.kind = kind;
        this.help = help;
        this.labels = List.of(labels);
    }

    /// The name, of a counter without its `_total`.
    String family() {
        return family;
    }

    Kind kind() {
        return kind;
    }

    String help() {
        return help;
    }

    List<String> labels() {
        return labels;
    }
}
