package io.parley.simulation;

import io.parley.cluster.ReplyTo;
import java.util.function.Consumer;

/// Where answers go under the simulator: through its network.
record Address<T>(World world, Endpoint owner, Consumer<T> taker) implements ReplyTo<T> {
    @Override
    public void tell(final T message) {
        if (world.mayAnswer(owner, message)) {
            world.send(owner, message, () -> taker.accept(message));
        }
    }

    @Override
    public boolean equals(final Object other) {
        return this == other;
    }

    @Override
    public String toString() {
        return owner.name();
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
