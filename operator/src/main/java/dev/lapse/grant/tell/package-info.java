/** What people and tools are told of a grant: its status, Events, log lines and metrics. */
@NullMarked
package dev.lapse.grant.tell;

import org.jspecify.annotations.NullMarked;
