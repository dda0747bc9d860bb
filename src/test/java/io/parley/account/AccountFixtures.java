package io.parley.account;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.parley.cluster.ReplyTo;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// What the tests of accounts share.
final class AccountFixtures {
    static final UserId ADA = new UserId("ada.l-1");
    static final UserId BO = new UserId("bo");
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    static final PasswordHash HASH = new PasswordHash("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo");
    static final PasswordHash OTHER_HASH = new PasswordHash("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$b3RoZXJvdGhlcm90");

    private AccountFixtures() {}

    /// The defaults of `account.conf` with a hash that costs nothing, and what `serialization.conf` binds.
    static Config config(final String more) {
        return ConfigFactory.load(ConfigFactory.parseString(more)
                .withFallback(ConfigFactory.parseString("""
                        parley.account.passwords { memory = 64 KiB, iterations = 1, refusal-after = 0ms }
                        parley.account.inbox-timeout = 400ms
                        pekko.actor.serialization-bindings {
                          "io.parley.serialization.ClusterMessage" = jackson-cbor
                        }
                        pekko.loglevel = WARNING
                        """))
                .withFallback(ConfigFactory.parseResources("account.conf")));
    }

    static AccountSettings settings() {
        return AccountSettings.from(config(""));
    }

    static DeviceId device(final int number) {
        return DeviceId.of(number);
    }

    /// Keeps what it is told.
    static final class Heard<T> implements ReplyTo<T> {
        private final List<T> all = new ArrayList<>();

        @Override
        public synchronized void tell(final T message) {
            all.add(message);
        }

        synchronized List<T> all() {
            return List.copyOf(all);
        }

        synchronized T last() {
            return all.getLast();
        }
    }

    /// The system's time, put forward by as much as a test likes.
    static final class MovedClock implements InstantSource {
        private volatile Duration moved = Duration.ZERO;

        void forward(final Duration by) {
            moved = moved.plus(by);
        }

        @Override
        public Instant instant() {
            return InstantSource.system().instant().plus(moved);
        }
    }

    /// Inboxes that note everything, unless told to lose messages.
    static final class FakeInboxes implements Inboxes {
        private final List<LinkedDevices> received = new ArrayList<>();
        private int losing;
        private int lost;

        synchronized void loseNext(final int messages) {
            losing = messages;
            lost = 0;
        }

        /// Of those that were to be lost.
        synchronized int lost() {
            return lost;
        }

        @Override
        public void linked(final LinkedDevices message) {
            synchronized (this) {
                if (losing > 0) {
                    losing--;
                    lost++;
                    return;
                }
                received.add(message);
            }
            message.replyTo().tell(new InboxNoted(message.user(), message.version()));
        }

        synchronized List<LinkedDevices> received(final UserId user) {
            return received.stream()
                    .filter(message -> message.user().equals(user))
                    .toList();
        }

        LinkedDevices last(final UserId user) {
            return received(user).getLast();
        }
    }
}
