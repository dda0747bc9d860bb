package io.parley.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.LongConsumer;

/// The SHA-256 of files.
final class Hashes {
    static final int BYTES = 32;

    private static final int READ_BYTES = 256 << 10;

    private Hashes() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /// @param read is told how many bytes have been read
    /// @throws java.nio.channels.ClosedByInterruptException if the thread is interrupted
    static byte[] of(final Path file, final LongConsumer read) throws IOException {
        final var digest = sha256();
        final var buffer = ByteBuffer.allocate(READ_BYTES);
        long done = 0;
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(buffer.clear()) >= 0) {
                done += buffer.position();
                digest.update(buffer.flip());
                read.accept(done);
            }
        }
        return digest.digest();
    }
}
