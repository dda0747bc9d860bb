package io.parley.scenario;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/// Where a story fails, for whatever reason, its report says what the nodes it ran on have written.
final class NodeOutput
        implements BeforeEachCallback, TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
    private static final int CHARACTERS_MAX = 20_000;
    private static final List<NodeProcess> NODES = new ArrayList<>(); // guarded by itself

    /// What a node wrote, in the report of the failure it belongs to.
    static final class Written extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        private Written(final String output) {
            super(
                    "a node wrote:\n" + output.substring(Math.max(0, output.length() - CHARACTERS_MAX)),
                    null,
                    false,
                    false);
        }
    }

    /// A node that a present story runs on: others run beside it, and their nodes are named as well.
    static void begins(final NodeProcess node) {
        synchronized (NODES) {
            NODES.add(node);
        }
    }

    @Override
    public void beforeEach(final ExtensionContext story) {
        synchronized (NODES) {
            NODES.removeIf(NodeProcess::isClosed); // of earlier stories
        }
    }

    @Override
    public void handleTestExecutionException(final ExtensionContext story, final Throwable failure) throws Throwable {
        throw with(failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(final ExtensionContext story, final Throwable failure)
            throws Throwable {
        throw with(failure);
    }

    @Override
    public void handleAfterEachMethodExecutionException(final ExtensionContext story, final Throwable failure)
            throws Throwable {
        throw with(failure);
    }

    private static Throwable with(final Throwable failure) {
        synchronized (NODES) {
            NODES.forEach(node -> failure.addSuppressed(new Written(node.output())));
        }
        return failure;
    }
}
