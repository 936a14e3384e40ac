/** What ends a grant, what is taken away then and in which order, and what proves that it is gone. */
@NullMarked
package dev.lapse.grant.end;

import org.jspecify.annotations.NullMarked;
