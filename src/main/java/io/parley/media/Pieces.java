package io.parley.media;

import java.util.List;

/// The objects that have an upload's bytes.
///
/// @param round how often all bytes had come before and were not those that were promised: what came in
///     another round has nothing to do with these
/// @param chain in order, without a gap
record Pieces(int round, List<Piece> chain) {
    Pieces {
        chain = List.copyOf(chain);
    }

    long end() {
        return Piece.end(chain);
    }
}
