/**
 * What a role allows, how risky that is, who could bind it, and what is left of it. Pure: others ask the questions.
 */
@NullMarked
package dev.lapse.access;

import org.jspecify.annotations.NullMarked;
