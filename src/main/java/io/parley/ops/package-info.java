/// The management port: health, readiness, metrics. Nobody depends on it but the node.
@NullMarked
package io.parley.ops;

import org.jspecify.annotations.NullMarked;
