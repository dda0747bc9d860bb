/// What people write, as the server carries it: JSON text it checks for form and limits, keeps unchanged in
/// meaning and does not otherwise look into.
@NullMarked
package io.parley.content;

import org.jspecify.annotations.NullMarked;
