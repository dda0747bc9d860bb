package io.parley.ops;

import io.parley.protocol.CloseCode;
import io.parley.protocol.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Where the counts that the code keeps by plain names stand among the metrics. A count by a name that is not
/// here is exported too, as a counter of that name.
final class Counted {
    /// One number of a metric.
    record Place(Metric metric, List<String> labelValues) {
        static Place of(final Metric metric, final String... labelValues) {
            return new Place(metric, List.of(labelValues));
        }
    }

    /// Before what operators do.
    static final String ADMIN = "admin_";

    private static final Map<String, Place> PLACES = places();

    private Counted() {}

    private static Map<String, Place> places() {
        final var places = new TreeMap<String, Place>();
        for (final var entity : List.of("conversation", "user", "account", "keys")) {
            places.put(entity + "_write_failed", Place.of(Metric.WRITES_FAILED, entity));
            places.put(entity + "_recovery_failed", Place.of(Metric.RECOVERIES_FAILED, entity));
            places.put(entity + "_lease_lost", Place.of(Metric.LEASE_REFUSALS, entity));
        }
        places.put("conversation_wrong_addressee", Place.of(Metric.MISADDRESSED, "conversation"));
        places.put("user_wrong_addressee", Place.of(Metric.MISADDRESSED, "user"));
        places.put("keys_wrong_addressee", Place.of(Metric.MISADDRESSED, "keys"));
        places.put("account_misaddressed", Place.of(Metric.MISADDRESSED, "account"));
        places.put("lease_gained", Place.of(Metric.LEASE_GAINED));
        places.put("lease_lost", Place.of(Metric.LEASE_LOST));
        places.put("store_probe_failed", Place.of(Metric.PROBES_FAILED));
        places.put("life_record_failed", Place.of(Metric.LIFE_RECORDS_FAILED));
        places.put("blobs_failed", Place.of(Metric.BLOBS_FAILED));
        for (final var state : List.of("begun", "finished", "sent", "expired", "orphaned")) {
            places.put("media_" + state, Place.of(Metric.MEDIA_UPLOADS, state));
        }
        for (final var direction : List.of("received", "served")) {
            places.put("media_bytes_" + direction, Place.of(Metric.MEDIA_BYTES, direction));
        }
        for (final var what : List.of("store", "sweep", "lost")) {
            places.put("media_failed_" + what, Place.of(Metric.MEDIA_FAILED, what));
        }
        places.put("messages_dropped", Place.of(Metric.DROPPED));
        places.put("dead_letters", Place.of(Metric.DEAD_LETTERS));
        places.put("inbox_unanswered", Place.of(Metric.NOTES_UNANSWERED));
        places.put("session_rate_limited_sends", Place.of(Metric.LIMIT_HITS, "session_sends"));
        places.put("session_rate_limited_frames", Place.of(Metric.LIMIT_HITS, "session_frames"));
        places.put("session_throttled", Place.of(Metric.LIMIT_HITS, "session_acknowledgements"));
        places.put("session_slow_reader", Place.of(Metric.LIMIT_HITS, "session_slow_reader"));
        places.put("session_reader_gave_up", Place.of(Metric.LIMIT_HITS, "session_unread_bytes"));
        places.put("connection_address_full", Place.of(Metric.LIMIT_HITS, "connections_of_address"));
        places.put("conversation_full", Place.of(Metric.LIMIT_HITS, "conversation_waiting"));
        places.put("journal_reads_refused", Place.of(Metric.LIMIT_HITS, "journal_reads"));
        places.put("blobs_refused", Place.of(Metric.LIMIT_HITS, "blobs"));
        places.put("account_hashing_full", Place.of(Metric.LIMIT_HITS, "password_hashes"));
        places.put("key_checks_full", Place.of(Metric.LIMIT_HITS, "key_checks"));
        places.put("account_inbox_queue_full", Place.of(Metric.LIMIT_HITS, "account_inbox_queue"));
        for (final var reason :
                List.of("password_wrong", "token_refused", "refresh_reused", "inbox_late", "disabled_refused")) {
            places.put("account_" + reason, Place.of(Metric.ACCOUNT_REFUSALS, reason));
        }
        for (final var call : List.of(
                "account_disable",
                "account_enable",
                "account_delete",
                "sessions_end",
                "log_level_set",
                "log_level_reset",
                "drain")) {
            places.put(ADMIN + call, Place.of(Metric.ADMIN_CALLS, call));
        }
        places.put("admin_refused_without_token", Place.of(Metric.ADMIN_REFUSALS, "without_token"));
        places.put("admin_refused_wrong_token", Place.of(Metric.ADMIN_REFUSALS, "wrong_token"));
        for (final var code : CloseCode.values()) {
            places.put(
                    "session_closed_" + code.code(), Place.of(Metric.SESSIONS_CLOSED, Integer.toString(code.code())));
        }
        for (final var code : ErrorCode.values()) {
            places.put("session_refused_" + code.wire(), Place.of(Metric.REFUSALS, "websocket", code.wire()));
        }
        return Map.copyOf(places);
    }

    /// Every place that has a name of its own.
    static Iterable<Place> all() {
        return PLACES.values();
    }

    /// The place of `name`, if it has one.
    static Optional<Place> placeOf(final String name) {
        return Optional.ofNullable(PLACES.get(name));
    }
}
