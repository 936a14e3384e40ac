/** When credentials end and are renewed, and what a credential is while the operator holds it. */
@NullMarked
package dev.lapse.credential;

import org.jspecify.annotations.NullMarked;
