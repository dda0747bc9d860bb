package io.parley.keys;

import io.parley.content.Octets;
import java.time.Instant;

/// An MLS key package (RFC 9420 §10) as it is kept: others take it to add its device to a group.
///
/// @param ref      its hash reference (§5.2), which names it
/// @param bytes    the whole MLSMessage
/// @param notAfter when its lifetime ends
public record StoredPackage(Octets ref, Octets bytes, Instant notAfter) {}
