package dev.lapse.story;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests that have namespaces of their own and let the guard and the operator be: all such classes run in one cluster,
 * because a cluster takes longer to start than most of them run, and side by side, because they mostly wait.
 *
 * @see TakesTurns
 */
@Tag("shares-cluster")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface SharesCluster {}
