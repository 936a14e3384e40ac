/** One question about many identities: a review for each of them, and when all are decided. */
@NullMarked
package dev.lapse.review.campaign;

import org.jspecify.annotations.NullMarked;
