/** What must outlive the object it is about: sealed, bounded, in ConfigMaps of lapse-system. */
@NullMarked
package dev.lapse.memory;

import org.jspecify.annotations.NullMarked;
