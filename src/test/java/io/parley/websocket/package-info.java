@NullMarked
package io.parley.websocket;

import org.jspecify.annotations.NullMarked;
