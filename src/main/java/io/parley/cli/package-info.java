/// The command line: `parley register`, `login`, `send`, `tail`, `chat`, … on the Java client.
///
/// Promises: a message that `send` or `chat` has taken is on this machine's disk before it is sent, and goes
/// out once, under one id, also when the command is killed on the way; what others write cannot steer the
/// terminal; `--json` prints one JSON object per line, the frames of the protocol; the exit code says what
/// happened ([io.parley.cli.ExitCode]).
///
/// Stores, per list of nodes and user, below `$XDG_STATE_HOME/parley`, for the owner alone: the login, how far
/// this device has come, unsent messages. One command at a time holds the device's connection
/// ([io.parley.cli.DeviceLock]); the others use REST.
///
/// Inside: `ChatView`, `TextFeed`, `JsonFeed`, `Lines`, `ChatLine`, `Since`, `Printable` decide what is printed
/// and know neither terminal nor network; the `…Command` classes are what picocli calls; `TailLoop` and
/// `ChatLoop` run in the main thread, which takes what happens from [io.parley.cli.Events], one after the
/// other.
///
/// There is no end-to-end encryption here: conversations are in plain text, as the server stores them.
@NullMarked
package io.parley.cli;

import org.jspecify.annotations.NullMarked;
