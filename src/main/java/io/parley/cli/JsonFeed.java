package io.parley.cli;

import io.parley.client.ClientState;
import io.parley.protocol.FrameCodec;
import io.parley.protocol.JsonPrinter;
import io.parley.protocol.ServerFrame;
import java.util.List;

/// For programs: one JSON object per line. Frames are as docs/protocol.md has them; the connection's state is a
/// `link` of this program's own.
record JsonFeed() implements Feed {
    @Override
    public List<String> message(final ServerFrame.Message message) {
        return frame(message);
    }

    @Override
    public List<String> sent(final ServerFrame.Sent sent) {
        return frame(sent);
    }

    @Override
    public List<String> receipt(final ServerFrame.Receipt receipt) {
        return frame(receipt);
    }

    @Override
    public List<String> presence(final ServerFrame.Presence presence) {
        return frame(presence);
    }

    @Override
    public List<String> typing(final ServerFrame.Typing typing) {
        return frame(typing);
    }

    static List<String> frame(final ServerFrame frame) {
        return List.of(Printable.json(FrameCodec.print(frame)));
    }

    @Override
    public List<String> link(final ClientState state) {
        final var json = new JsonPrinter().object().member("type", "link");
        switch (state) {
            case ClientState.Connecting(final var node) ->
                json.member("state", "connecting").member("node", node.toString());
            case ClientState.Online(final var welcome) ->
                json.member("state", "online")
                        .member("user", welcome.user().value())
                        .member("device", welcome.device().value());
            case ClientState.Waiting(final var delay, final var code, final var reason) ->
                json.member("state", "waiting")
                        .member("code", code)
                        .member("reason", reason)
                        .member("retryMillis", delay.toMillis());
            case ClientState.LoginNeeded _ -> json.member("state", "login-needed");
            case ClientState.Replaced _ -> json.member("state", "replaced");
            case ClientState.Closed _ -> json.member("state", "closed");
        }
        return List.of(Printable.json(json.end().toString()));
    }
}
