@NullMarked
package io.parley.http;

import org.jspecify.annotations.NullMarked;
