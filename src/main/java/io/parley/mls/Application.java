package io.parley.mls;

/// Application data that everybody can read. §6 forbids to send it like this: a delivery service refuses it.
public record Application(Opaque applicationData) implements Content {}
