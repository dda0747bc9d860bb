package io.parley.cli;

import io.parley.client.ClientState;
import io.parley.protocol.ServerFrame;
import java.util.List;

/// What `tail` prints of what comes. Pure: lines in the order they are to be printed, none where there is
/// nothing to say.
sealed interface Feed permits TextFeed, JsonFeed {
    List<String> message(ServerFrame.Message message);

    List<String> sent(ServerFrame.Sent sent);

    List<String> receipt(ServerFrame.Receipt receipt);

    List<String> presence(ServerFrame.Presence presence);

    List<String> typing(ServerFrame.Typing typing);

    /// The connection's state.
    List<String> link(ClientState state);
}
