package io.parley.account;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// An Argon2id hash with its salt and parameters in PHC form (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`); see
/// [Passwords].
///
/// @param phc the PHC string; not a password, but not for logs either
record PasswordHash(@JsonValue String phc) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    PasswordHash {
        if (!phc.startsWith("$argon2id$")) {
            throw new IllegalArgumentException("not an Argon2id hash in PHC form");
        }
    }

    @Override
    public String toString() {
        return "PasswordHash[…]";
    }
}
