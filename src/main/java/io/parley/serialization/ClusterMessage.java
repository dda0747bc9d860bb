package io.parley.serialization;

/// A message that may travel to another node, as CBOR by Jackson. Only fields that such a record can carry:
/// values, ids, lists, and [io.parley.cluster.ReplyTo].
public interface ClusterMessage {}
