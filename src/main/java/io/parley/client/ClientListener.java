package io.parley.client;

import io.parley.protocol.ServerFrame;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// What a [ParleyClient] tells its program. Methods are called one at a time, in the order things happened, on
/// a thread of the network: **they must not block**. While one runs, nothing more is read from the socket, so
/// waiting in one for an answer of the same client waits for ever.
///
/// ```java
/// ClientListener listener = message -> {
///     show(message.entry());
///     return ClientListener.TAKEN;
/// };
/// ```
@FunctionalInterface
public interface ClientListener {
    /// What [#message] returns when the message has been taken by the time it returns.
    CompletionStage<Void> TAKEN = CompletableFuture.completedStage(null);

    /// An entry of a conversation, in order of `seq`, each once. Returns when the device *has* it (for a
    /// program with a disk: when it is on disk): only then is it acknowledged (`delivered`), and with it all
    /// before it. The next message may be given before the stage of the last has completed, up to the server's
    /// window.
    ///
    /// If this throws or its stage fails, the message is not acknowledged; the client ends the link and makes a
    /// new one after its back-off, and the message is given again, with those that followed it in the
    /// conversation.
    CompletionStage<?> message(ServerFrame.Message message);

    /// A message that had been given before was pushed again, as happens after a broken link. Not given again.
    default void duplicate(final ServerFrame.Message message) {}

    /// The connection's state changed.
    default void state(final ClientState state) {}

    /// The server accepted the hello.
    default void welcome(final ServerFrame.Welcome welcome) {}

    /// All that was undelivered when the link was made has been given.
    default void caughtUp(final ServerFrame.CaughtUp caughtUp) {}

    /// ✓ of a message of this client; told also where its future has been forgotten, as after a restart.
    default void sent(final ServerFrame.Sent sent) {}

    /// Somebody's watermarks rose: ✓✓ and blue. Never lower than told before.
    default void receipt(final ServerFrame.Receipt receipt) {}

    /// Somebody who is watched came, went, or hides it now.
    default void presence(final ServerFrame.Presence presence) {}

    /// Somebody is typing; show it for 6 s.
    default void typing(final ServerFrame.Typing typing) {}

    /// The server answered a heartbeat.
    default void heartbeat(final ServerFrame.Heartbeat heartbeat) {}

    /// Something was refused that no future answers for: a `watch`, a `typing`, a cursor; or the link itself,
    /// which then ends.
    default void refused(final ServerFrame.Refusal refusal) {}

    /// The node goes; the client comes back by itself after the wait named.
    default void bye(final ServerFrame.Bye bye) {}
}
