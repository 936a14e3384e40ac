package dev.lapse.story;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests that have namespaces of their own, and stop the operator, change the guard, or measure times: all such classes run
 * in one cluster, one after the other. Each leaves the guard and the operator as it found them.
 */
@Tag("takes-turns")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface TakesTurns {
    /** What it does that others would notice. */
    String value();
}
