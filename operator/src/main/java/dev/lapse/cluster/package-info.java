/** What the operator sees of the cluster without asking, and the one way it deletes and patches. */
@NullMarked
package dev.lapse.cluster;

import org.jspecify.annotations.NullMarked;
