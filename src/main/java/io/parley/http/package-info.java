/// The client port: the calls people's programs make over HTTP, and the upgrade to the WebSocket. Turns
/// requests into what accounts, inboxes and conversations are told, and their answers into documents and
/// problems; nobody else but `session` sees both. Holds nothing but rate limits.
///
/// Promises: every answer is one that `api/openapi.json` describes, every refusal a problem document with one
/// of the protocol's codes; no token, password or message text gets into a refusal or a log.
@NullMarked
package io.parley.http;

import org.jspecify.annotations.NullMarked;
