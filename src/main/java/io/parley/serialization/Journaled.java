package io.parley.serialization;

/// An event or snapshot that is stored. Its shape on disk is a promise: the names in its `@JsonSubTypes` never
/// change, fields are only added, and a stored example of each must read for ever
/// (`src/test/resources/journal`).
public interface Journaled {}
