/** One just-in-time privilege, from request to proof of its end: observe, decide, carry out, report. */
@NullMarked
package dev.lapse.grant;

import org.jspecify.annotations.NullMarked;
