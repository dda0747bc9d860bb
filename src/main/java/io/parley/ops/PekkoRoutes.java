package io.parley.ops;

import static org.apache.pekko.http.javadsl.server.Directives.get;

import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.management.javadsl.PekkoManagement;

/// What Pekko's own tools ask a node: `/cluster/members`, `/cluster/shards/…`, `/health/pekko/…`. Nothing of it
/// changes anything, so it wants no token. What it is told stands in `http.conf`.
public final class PekkoRoutes {
    private PekkoRoutes() {}

    /// The routes of Pekko Management that `http.conf` names. Only `GET` reaches them, whatever they would do
    /// with anything else.
    public static Route of(final ActorSystem<?> system) {
        final var routes = PekkoManagement.get(system).getRoutes();
        return get(() -> routes);
    }
}
