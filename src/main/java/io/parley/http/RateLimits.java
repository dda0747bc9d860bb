package io.parley.http;

import io.parley.id.UserId;
import io.parley.protocol.Limits;
import io.parley.session.TokenBucket;
import java.io.Serial;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// How often what may be called, per user and per address. Each check either passes or throws [Refused] with
/// `rate-limited` and when to try again. Safe from any thread.
final class RateLimits {
    /// Users and addresses of which is remembered how much they did lately; the longest quiet is forgotten
    /// first, and starts anew. About 150 bytes each.
    private static final int REMEMBERED_MAX = 20_000;

    private static final double CALLS_PER_SECOND = 50;
    private static final double CALLS_BURST = 200;
    private static final double PAGE_BYTES_PER_SECOND = 1 << 20;
    private static final double REGISTRATIONS_AN_HOUR = 30;
    private static final double LOGINS_A_MINUTE = 60;
    private static final double CLAIMS_A_MINUTE = 60;
    private static final double KEY_UPLOADS_A_MINUTE = 6;
    private static final double KEY_UPLOADS_BURST = 20;

    /// A device that was just approved joins all conversations at once, each with two uploads and a commit.
    private static final double GROUP_UPLOADS_PER_SECOND = 4;

    private static final double GROUP_UPLOADS_BURST = 600;
    private static final double GROUP_UPLOAD_BYTES = 16_384;
    private static final double UNKNOWN_A_MINUTE_AND_ADDRESS = 120;
    private static final double UNKNOWN_A_MINUTE_AND_USER = 30;

    /// One limit, for each who.
    private final class Limit {
        private final double perSecond;
        private final double burst;
        private final String what;
        private final LongAdder refusals = new LongAdder();
        private final Map<String, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
            @Serial
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(final Map.Entry<String, TokenBucket> eldest) {
                return size() > REMEMBERED_MAX;
            }
        };

        Limit(final double perSecond, final double burst, final String what) {
            this.perSecond = perSecond;
            this.burst = burst;
            this.what = what;
        }

        /// Counts one.
        synchronized void take(final String who) {
            final var now = clock.instant();
            if (enabled && !bucket(who, now).take(1, now)) {
                throw refused(who, now);
            }
        }

        /// Counts nothing.
        synchronized void check(final String who) {
            final var now = clock.instant();
            if (enabled
                    && buckets.containsKey(who)
                    && bucket(who, now).untilNext(now).isPositive()) {
                throw refused(who, now);
            }
        }

        /// Counts what has happened already.
        synchronized void charge(final String who, final double price) {
            if (enabled) {
                final var now = clock.instant();
                bucket(who, now).charge(price, now);
            }
        }

        private TokenBucket bucket(final String who, final Instant now) {
            return buckets.computeIfAbsent(who, _ -> new TokenBucket(perSecond, burst, now));
        }

        private Refused refused(final String who, final Instant now) {
            refusals.increment();
            return new Refused(
                    Problem.rateLimited(what, bucket(who, now).untilNext(now).toSeconds() + 1));
        }
    }

    private final boolean enabled;
    private final InstantSource clock;

    private final Limit registrations =
            new Limit(REGISTRATIONS_AN_HOUR / 3_600, REGISTRATIONS_AN_HOUR, "too many registrations from this address");
    private final Limit logins = new Limit(LOGINS_A_MINUTE / 60, LOGINS_A_MINUTE, "too many logins from this address");
    private final Limit openCalls = new Limit(CALLS_PER_SECOND, CALLS_BURST, "too many calls from this address");
    private final Limit calls = new Limit(CALLS_PER_SECOND, CALLS_BURST, "too many calls in a short time");
    private final Limit pageBytes = new Limit(PAGE_BYTES_PER_SECOND, PAGE_BYTES_PER_SECOND, "too much read at once");
    private final Limit sends = new Limit(
            Limits.V1.messagesPerSecond(), Limits.V1.burst(), "too many messages in a short time; nothing was stored");
    private final Limit claims =
            new Limit(CLAIMS_A_MINUTE / 60, CLAIMS_A_MINUTE, "too many key packages were claimed in a short time");
    private final Limit keyUploads = new Limit(
            KEY_UPLOADS_A_MINUTE / 60, KEY_UPLOADS_BURST, "too many keys and key packages were sent in a short time");
    private final Limit groupUploads = new Limit(
            GROUP_UPLOADS_PER_SECOND, GROUP_UPLOADS_BURST, "too much was uploaded for encrypted conversations");
    private final Limit unknownByAddress = new Limit(
            UNKNOWN_A_MINUTE_AND_ADDRESS / 60,
            UNKNOWN_A_MINUTE_AND_ADDRESS,
            "too many unknown users were named from this address");
    private final Limit unknownByUser =
            new Limit(UNKNOWN_A_MINUTE_AND_USER / 60, UNKNOWN_A_MINUTE_AND_USER, "you named too many unknown users");

    /// @param enabled whether the limits hold
    RateLimits(final boolean enabled, final InstantSource clock) {
        this.enabled = enabled;
        this.clock = clock;
    }

    /// How often each limit has refused.
    Map<String, Long> refusals() {
        return Map.ofEntries(
                Map.entry("registrations", registrations.refusals.sum()),
                Map.entry("logins", logins.refusals.sum()),
                Map.entry("open_calls", openCalls.refusals.sum()),
                Map.entry("calls", calls.refusals.sum()),
                Map.entry("pages", pageBytes.refusals.sum()),
                Map.entry("sends", sends.refusals.sum()),
                Map.entry("key_claims", claims.refusals.sum()),
                Map.entry("key_uploads", keyUploads.refusals.sum()),
                Map.entry("group_uploads", groupUploads.refusals.sum()),
                Map.entry("unknown_by_address", unknownByAddress.refusals.sum()),
                Map.entry("unknown_by_user", unknownByUser.refusals.sum()));
    }

    void registration(final String address) {
        registrations.take(address);
    }

    void login(final String address) {
        logins.take(address);
    }

    /// A call that anybody may make.
    void openCall(final String address) {
        openCalls.take(address);
    }

    /// Any call of a user but a send.
    void call(final UserId user) {
        calls.take(user.value());
    }

    void send(final UserId user) {
        sends.take(user.value());
    }

    /// Key packages of somebody's devices are claimed.
    void claim(final UserId user) {
        claims.take(user.value());
    }

    /// Keys are published, each with signatures to be checked.
    void keyUpload(final UserId user) {
        keyUploads.take(user.value());
    }

    /// Something is uploaded for an encrypted conversation, or a commit is made: one, and one for each 16 KiB.
    void groupUpload(final UserId user, final int bytes) {
        groupUploads.take(user.value());
        groupUploads.charge(user.value(), Math.floor(bytes / GROUP_UPLOAD_BYTES));
    }

    /// Entries of the log that were read to answer a send.
    void lookedUp(final UserId user, final long entries) {
        final double price = TokenBucket.priceOfReading(entries);
        if (price > 0) {
            sends.charge(user.value(), price);
        }
    }

    /// Before a page is read.
    void page(final UserId user) {
        pageBytes.check(user.value());
    }

    /// After a page was read.
    void pageRead(final UserId user, final long bytes) {
        pageBytes.charge(user.value(), (double) bytes);
    }

    /// Before a question that may be answered with "there is no such user": whoever got too many such answers
    /// gets none of any kind, since a refusal only of unknown users would tell as much.
    void mayNameUsers(final UserId user, final String address) {
        unknownByUser.check(user.value());
        unknownByAddress.check(address);
    }

    /// An unknown user was named. Throws where there were too many before.
    void namedUnknown(final UserId user, final String address) {
        unknownByUser.take(user.value());
        unknownByAddress.take(address);
    }
}
