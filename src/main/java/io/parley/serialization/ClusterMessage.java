package io.parley.serialization;

/// A message that may travel to another node, as CBOR by Jackson. Only fields that such a record can carry:
/// values, ids, lists, and [io.parley.cluster.ReplyTo]. The other node may be of the version before or the
/// next: a new field is optional, and what works already does not wait for a message that only the newer one
/// knows.
public interface ClusterMessage {}
