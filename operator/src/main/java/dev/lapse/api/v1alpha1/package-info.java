/** The custom resources as their users see them: specs, statuses and enums, without behaviour. */
@NullMarked
package dev.lapse.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
