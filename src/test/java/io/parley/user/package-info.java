@NullMarked
package io.parley.user;

import org.jspecify.annotations.NullMarked;
