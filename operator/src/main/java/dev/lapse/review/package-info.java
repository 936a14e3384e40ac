/** Reviews: what people are asked to decide, which of their verdicts count, and what comes of them. */
@NullMarked
package dev.lapse.review;

import org.jspecify.annotations.NullMarked;
