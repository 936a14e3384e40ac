/** Whether a verdict counts: who said it, how that is known, and whether they may. */
@NullMarked
package dev.lapse.review.verdict;

import org.jspecify.annotations.NullMarked;
