/// The client port: what people's programs call over HTTP, and the upgrade to the WebSocket. Turns requests into
/// questions to accounts, inboxes and conversations, and what they answer into JSON. Holds nothing but rate limits.
///
/// Promises: every answer is one that `api/openapi.json` describes, every refusal a problem document with one of the
/// protocol's codes; no token, password or message text gets into a refusal or a log.
@NullMarked
package io.parley.http;

import org.jspecify.annotations.NullMarked;
