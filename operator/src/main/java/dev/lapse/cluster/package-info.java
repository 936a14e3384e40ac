/** What the operator sees of the cluster through its informers, and the one way by which it deletes and patches. */
@NullMarked
package dev.lapse.cluster;

import org.jspecify.annotations.NullMarked;
