/** Who did it: the admission policies, the check that they stand, and what follows for the names in an object. */
@NullMarked
package dev.lapse.guard;

import org.jspecify.annotations.NullMarked;
