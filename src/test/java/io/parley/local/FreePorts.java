package io.parley.local;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Two ports of loopback that were free when they were looked for; both were held until both were known, so
/// they differ. Below those that the kernel gives to outgoing connections (32,768 and up on Linux): one of
/// those would take a port again before its node has opened it.
public record FreePorts(int first, int second) {
    private static final int LOWEST = 16_000;
    private static final int BEYOND = 32_000;
    private static final int TRIES = 1_000;

    /// Looks for them.
    public static FreePorts find() throws IOException {
        try (var first = free();
                var second = free()) {
            return new FreePorts(first.getLocalPort(), second.getLocalPort());
        }
    }

    private static ServerSocket free() throws IOException {
        final var loopback = InetAddress.getLoopbackAddress();
        for (int tried = 0; tried < TRIES; tried++) {
            try {
                return new ServerSocket(ThreadLocalRandom.current().nextInt(LOWEST, BEYOND), 1, loopback);
            } catch (final BindException taken) {
                // another one, then
            }
        }
        throw new IOException("no port is free from " + LOWEST + " to " + BEYOND);
    }
}
