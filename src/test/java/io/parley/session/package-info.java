@NullMarked
package io.parley.session;

import org.jspecify.annotations.NullMarked;
