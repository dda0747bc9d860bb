/// Registration, passwords, tokens, linked devices, profile.
///
/// Promises: a user id belongs to one account for ever, and its `uid` never changes; a person's inbox knows of
/// the account and of a device before anybody is told that they exist; what ends a device's tokens (logout,
/// unlinking, a login of the same device, another password, a refresh token used twice) is durable before it is
/// answered, holds at once on the node that did it and within [AccountSettings#tokenCheckValid()] on all
/// others; of an account that was deleted nothing is left but its name, taken for ever.
///
/// Stores one entity per user id, named `account` (events and snapshots in CBOR, see `account.conf`), and
/// nothing that opens anything: of passwords the Argon2id hash, of tokens only a number; their keys stand in a
/// file ([TokenKeys]). Everybody else comes through [Accounts].
@NullMarked
package io.parley.account;

import org.jspecify.annotations.NullMarked;
