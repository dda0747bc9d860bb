@NullMarked
package io.parley.keys;

import org.jspecify.annotations.NullMarked;
