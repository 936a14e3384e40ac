/** What reviews of each type are about, what they are owed for, and what a verdict in them does. */
@NullMarked
package dev.lapse.review.kind;

import org.jspecify.annotations.NullMarked;
