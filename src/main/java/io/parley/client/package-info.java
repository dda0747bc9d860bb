/// The Java client of `parley.v1`: one device's connection that lasts, with what has to outlive a broken link.
///
/// Promises: a message handed to [io.parley.client.ParleyClient#send] is tried again under the same id, over
/// however many links it takes, until the server has said `sent` or refused it for good; a message the server
/// pushes is given to the listener in order, once, and acknowledged only after the listener has taken it; ticks
/// are never told lower than before. Everything held is bounded. Stores nothing by itself: what must outlive
/// the process goes to a [io.parley.client.ClientStore].
///
/// ```java
/// var rest = new ParleyRest(URI.create("http://127.0.0.1:8080"), ClientRuntime.shared());
/// var login = rest.login(new UserId("ada"), password, NewDevice.named("laptop")).join();
/// var tokens = new RefreshingTokens(rest, login);
/// try (var client = ParleyClient.connect(List.of(URI.create("http://127.0.0.1:8080")), tokens, listener)) {
///     var outcome = client.send(new Target.User("bob"), TextBody.of("hello")).join();
/// }
/// ```
///
/// Given the addresses of several nodes, a client goes to another one when its node is lost, and makes a REST
/// call elsewhere where that does nothing twice; the tokens are good at every node.
///
/// Files go beside the messages that carry them: [io.parley.client.FileTransfers] uploads and fetches them,
/// over cuts and the end of the process; a message with [io.parley.client.FilesBody] names them.
///
/// Inside: `Outbox`, `Cursors`, `Ticks`, `Watches`, `Requests`, `Addresses`, `Backoff`, `Reaction` and `Repeat`
/// decide and know neither sockets nor clocks; `Exchange` puts them together into what is said on a link,
/// `Connection` holds the link and the timers, `RestCalls` goes round the nodes; `UploadRun` and `FetchRun` are
/// one file's way, by `MediaCalls`.
@NullMarked
package io.parley.client;

import org.jspecify.annotations.NullMarked;
