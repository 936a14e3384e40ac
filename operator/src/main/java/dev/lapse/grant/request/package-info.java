/** May it begin: what must hold of a request, in the order in which a person wants to be told. */
@NullMarked
package dev.lapse.grant.request;

import org.jspecify.annotations.NullMarked;
