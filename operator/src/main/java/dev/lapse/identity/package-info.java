/** Who an identity is, who answers for it, and which of its entries can be granted. */
@NullMarked
package dev.lapse.identity;

import org.jspecify.annotations.NullMarked;
