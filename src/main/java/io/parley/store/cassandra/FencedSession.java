package io.parley.store.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.context.DriverContext;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PrepareRequest;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.metadata.Metadata;
import com.datastax.oss.driver.api.core.metrics.Metrics;
import com.datastax.oss.driver.api.core.session.Request;
import com.datastax.oss.driver.api.core.type.reflect.GenericType;
import io.parley.cluster.MembershipLease;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A session that writes only while the node holds its membership lease: the last step before the driver.
/// Reading is free. What was refused here was not written.
final class FencedSession implements CqlSession {
    /// The node is, or may be, no member of its cluster any more.
    static final class NoLease extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private NoLease() {
            super("nothing is written: this node does not hold its membership lease", null, false, false);
        }
    }

    private static final String SELECT = "SELECT";

    private final CqlSession session;
    private final MembershipLease lease;

    /// Fences `session`, which it closes with itself.
    FencedSession(final CqlSession session, final MembershipLease lease) {
        this.session = session;
        this.lease = lease;
    }

    @Override
    @SuppressWarnings("unchecked") // an asynchronous statement's result is a stage, and is asked for by its type
    public <RequestT extends Request, ResultT> @Nullable ResultT execute(
            final RequestT request, final GenericType<ResultT> resultType) {
        if (writes(request) && !lease.holds()) {
            final var refused = new NoLease();
            if (resultType.equals(Statement.ASYNC)) {
                return (ResultT) CompletableFuture.failedStage(refused);
            }
            throw refused;
        }
        return session.execute(request, resultType);
    }

    /// Whatever is not known to read only, but for the claim by which a node gets to be allowed to write.
    private static boolean writes(final Request request) {
        if (CassandraStore.CLAIMS.equals(request.getExecutionProfileName())) {
            return false;
        }
        return switch (request) {
            case BoundStatement bound -> !reads(bound.getPreparedStatement().getQuery());
            case SimpleStatement simple -> !reads(simple.getQuery());
            case PrepareRequest _ -> false;
            default -> true;
        };
    }

    private static boolean reads(final String query) {
        int start = 0;
        while (start < query.length() && Character.isWhitespace(query.charAt(start))) {
            start++;
        }
        return query.regionMatches(true, start, SELECT, 0, SELECT.length());
    }

    @Override
    public String getName() {
        return session.getName();
    }

    @Override
    public Metadata getMetadata() {
        return session.getMetadata();
    }

    @Override
    public boolean isSchemaMetadataEnabled() {
        return session.isSchemaMetadataEnabled();
    }

    @Override
    public CompletionStage<Metadata> setSchemaMetadataEnabled(final @Nullable Boolean newValue) {
        return session.setSchemaMetadataEnabled(newValue);
    }

    @Override
    public CompletionStage<Metadata> refreshSchemaAsync() {
        return session.refreshSchemaAsync();
    }

    @Override
    public CompletionStage<Boolean> checkSchemaAgreementAsync() {
        return session.checkSchemaAgreementAsync();
    }

    @Override
    public DriverContext getContext() {
        return session.getContext();
    }

    @Override
    public Optional<CqlIdentifier> getKeyspace() {
        return session.getKeyspace();
    }

    @Override
    public Optional<Metrics> getMetrics() {
        return session.getMetrics();
    }

    @Override
    public CompletionStage<Void> closeFuture() {
        return session.closeFuture();
    }

    @Override
    public CompletionStage<Void> closeAsync() {
        return session.closeAsync();
    }

    @Override
    public CompletionStage<Void> forceCloseAsync() {
        return session.forceCloseAsync();
    }
}
