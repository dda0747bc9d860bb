package io.parley.conversation;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.UserId;

/// A device's place in a group (RFC 9420 §7).
///
/// @param index        the leaf's, from 0
/// @param identity     the name in its credential
/// @param signatureKey what it signs with
/// @param joined       the first epoch it was there: it has sent nothing in any before
public record Leaf(int index, UserId user, DeviceId device, Octets identity, Octets signatureKey, long joined) {}
