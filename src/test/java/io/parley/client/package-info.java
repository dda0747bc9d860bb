/// Tests of the Java client: its decisions without sockets, the whole over real loopback sockets against a
/// scripted server.
@NullMarked
package io.parley.client;

import org.jspecify.annotations.NullMarked;
