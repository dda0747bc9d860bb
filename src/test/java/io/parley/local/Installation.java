package io.parley.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a build of the program is installed for one node: a directory before its class path. What is in it is
/// replaced while the node is stopped, and counts from its next start on.
///
/// @param directory one for each node
public record Installation(Path directory) {
    /// Replaces what is installed.
    ///
    /// @param build a directory of classes: all of Parley, or what is changed of it
    public void put(final Path build) {
        try {
            ClassFiles.delete(directory);
            ClassFiles.copy(build, directory);
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot install " + build + " in " + directory + ": " + failed.getMessage(), failed);
        }
    }

    /// The node that runs what is installed here.
    public NodeSettings of(final NodeSettings node) {
        try {
            Files.createDirectories(directory);
        } catch (final IOException failed) {
            throw new LocalTrouble("cannot make " + directory, failed);
        }
        return node.withClassPathPrefix(directory);
    }
}
