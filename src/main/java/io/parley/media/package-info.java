/// Pictures, videos, voice notes and files: uploads that go on where they were cut off (tus 1.0), kept beside
/// the journal in a directory or in a bucket of an S3-compatible store, bound to the message that carries them.
/// Their bytes stream between the socket and that place and are never held by an actor. What of them can be
/// read by whom is the client's business: to the node they are bytes.
@NullMarked
package io.parley.media;

import org.jspecify.annotations.NullMarked;
