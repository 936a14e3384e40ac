package dev.lapse.story;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests that have namespaces of their own and leave the guard and the operator as they found them: all such classes run in
 * one cluster, because a cluster takes longer to start than most of them run.
 */
@Tag("shares-cluster")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface SharesCluster {}
