/** What has to end, ordered by time, whatever gives the access and whatever the cause: looked at and taken away first. */
@NullMarked
package dev.lapse.lane;

import org.jspecify.annotations.NullMarked;
