@NullMarked
package io.parley.mls;

import org.jspecify.annotations.NullMarked;
