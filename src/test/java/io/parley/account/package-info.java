@NullMarked
package io.parley.account;

import org.jspecify.annotations.NullMarked;
