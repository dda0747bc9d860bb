/// Public keys for end-to-end encryption: one entity per user, the directory that others read. The server holds
/// no secret and decides nothing that a client has to believe: what others may trust is signed by the account's
/// identity key, which never leaves the person's devices.
@NullMarked
package io.parley.keys;

import org.jspecify.annotations.NullMarked;
