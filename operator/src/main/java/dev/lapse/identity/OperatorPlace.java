package dev.lapse.identity;

import dev.lapse.access.OperatorBounds;
import dev.lapse.guard.GuardParameters;

/** What the guard's parameters say of the operator itself. */
public final class OperatorPlace {
    private OperatorPlace() {}

    public static OperatorBounds bounds(GuardParameters parameters) {
        return new OperatorBounds(parameters.operator(), parameters.protectedNamespaces(), parameters.clusterWide());
    }
}
