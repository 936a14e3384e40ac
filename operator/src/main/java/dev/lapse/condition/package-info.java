/** The conditions Lapse reports, and how the new ones replace the old. */
@NullMarked
package dev.lapse.condition;

import org.jspecify.annotations.NullMarked;
