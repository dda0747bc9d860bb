// A WebSocket in a terminal: sends each line of standard input, prints each frame, sends a heartbeat every 5 s.
//   java docs/Talk.java ws://127.0.0.1:8080/v1/ws
import module java.net.http;

void main(final String[] arguments) throws Exception {
    final var socket = HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .subprotocols("parley.v1")
            .buildAsync(URI.create(arguments[0]), new Printer())
            .join();
    try (var input = new BufferedReader(new InputStreamReader(System.in))) {
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            say(socket, line);
            if (line.contains("\"hello\"")) {
                Thread.ofVirtual().start(() -> beat(socket));
            }
        }
    }
    socket.sendClose(1000, "").join();
}

synchronized void say(final WebSocket socket, final String frame) {
    socket.sendText(frame, true).join();
}

void beat(final WebSocket socket) {
    while (!socket.isOutputClosed()) {
        LockSupport.parkNanos(5_000_000_000L);
        say(socket, "{\"type\":\"heartbeat\"}");
    }
}

static final class Printer implements WebSocket.Listener {
    private final StringBuilder frame = new StringBuilder();

    @Override
    public CompletionStage<?> onText(final WebSocket socket, final CharSequence part, final boolean last) {
        frame.append(part);
        if (last) {
            if (!frame.toString().startsWith("{\"type\":\"heartbeat\"")) {
                IO.println(frame);
            }
            frame.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(final WebSocket socket, final int code, final String reason) {
        IO.println("closed: " + code + " " + reason);
        System.exit(0);
        return null;
    }
}
