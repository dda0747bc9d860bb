@NullMarked
package io.parley.ops;

import org.jspecify.annotations.NullMarked;
