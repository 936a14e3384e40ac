/** What a role allows, how risky that is, who could bind it, and what is left of it: pure, over questions somebody else asks. */
@NullMarked
package dev.lapse.access;

import org.jspecify.annotations.NullMarked;
