package io.parley.keys;

import io.parley.id.UserId;

/// The way to a person's devices.
@FunctionalInterface
public interface Notices {
    void tell(UserId user, Notice notice);
}
