/// The management port: health, readiness, metrics, and what operators do. Nobody depends on it but the node.
@NullMarked
package io.parley.ops;

import org.jspecify.annotations.NullMarked;
