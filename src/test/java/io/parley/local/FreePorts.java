package io.parley.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Two ports of loopback that were free when they were looked for; both were held until both were known, so
/// they differ.
public record FreePorts(int first, int second) {
    /// Looks for them.
    public static FreePorts find() throws IOException {
        final var loopback = InetAddress.getLoopbackAddress();
        try (var first = new ServerSocket(0, 1, loopback);
                var second = new ServerSocket(0, 1, loopback)) {
            return new FreePorts(first.getLocalPort(), second.getLocalPort());
        }
    }
}
