/// Tests of the load driver, which must find every fault of a server that has one.
@NullMarked
package io.parley.bench;

import org.jspecify.annotations.NullMarked;
