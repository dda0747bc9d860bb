package io.parley.mls;

/// A member and where he sits.
///
/// @param leaf the leaf's index, from 0
public record Seat(int leaf, Member member) {}
