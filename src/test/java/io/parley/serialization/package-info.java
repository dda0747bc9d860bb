@NullMarked
package io.parley.serialization;

import org.jspecify.annotations.NullMarked;
