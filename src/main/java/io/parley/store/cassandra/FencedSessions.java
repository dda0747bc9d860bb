package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.typesafe.config.Config;
import io.parley.cluster.Leases;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.connectors.cassandra.CqlSessionProvider;
import org.apache.pekko.stream.connectors.cassandra.DriverConfigLoaderFromConfig;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/// Makes the one session of a node, fenced. Named in `cassandra.conf`; Pekko makes it.
///
/// It connects when there is a database to connect to, however late (`advanced.reconnect-on-init`).
public final class FencedSessions implements CqlSessionProvider {
    private static final int NATIVE_PORT = 9042;

    private final ActorSystem system;
    private final Config plugin;

    /// As Pekko calls it.
    public FencedSessions(final ActorSystem system, final Config plugin) {
        this.system = system;
        this.plugin = plugin;
    }

    @Override
    public Future<CqlSession> connect(final ExecutionContext executor) {
        final var parley = system.settings().config().getConfig("parley.cassandra");
        final var leases = Leases.of(system);
        return FutureConverters.asScala(builder(parley, CqlSessionProvider.driverConfig(system, plugin))
                .buildAsync()
                .thenApply(session -> new FencedSession(session, leases::holds)));
    }

    /// A session as `parley.cassandra` says, not fenced.
    static com.datastax.oss.driver.api.core.CqlSessionBuilder builder(final Config parley, final Config driver) {
        final var builder = CqlSession.builder()
                .withConfigLoader(DriverConfigLoaderFromConfig.fromConfig(driver))
                .addContactPoints(addresses(parley.getString("contact-points")))
                .withLocalDatacenter(parley.getString("local-datacenter"));
        final var user = parley.getString("user");
        return user.isEmpty() ? builder : builder.withAuthCredentials(user, parley.getString("password"));
    }

    /// `host`, `host:port`, `[ipv6]:port`, separated by commas.
    ///
    /// @throws IllegalArgumentException if there is none, or one cannot be
    static List<InetSocketAddress> addresses(final String list) {
        final var found = Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .map(FencedSessions::address)
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "parley.cassandra.contact-points (PARLEY_CASSANDRA) names no node: host:port, comma-separated");
        }
        return found;
    }

    private static InetSocketAddress address(final String text) {
        final int colon = text.lastIndexOf(':');
        final boolean hasPort =
                colon > text.lastIndexOf(']') && text.indexOf(':') >= (text.startsWith("[") ? 0 : colon);
        final var host = (hasPort ? text.substring(0, colon) : text).replaceAll("[\\[\\]]", "");
        try {
            final int port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : NATIVE_PORT;
            return new InetSocketAddress(host, port); // resolved now: the driver wants it so
        } catch (final IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "parley.cassandra.contact-points (PARLEY_CASSANDRA) is host:port, comma-separated, not " + text,
                    wrong);
        }
    }
}
