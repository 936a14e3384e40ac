/** What a grant gives: how its objects look, and which of them is missing. */
@NullMarked
package dev.lapse.grant.begin;

import org.jspecify.annotations.NullMarked;
