/** The process: settings, start and stop, leader election, health and metrics. Nothing imports it. */
@NullMarked
package dev.lapse.runtime;

import org.jspecify.annotations.NullMarked;
