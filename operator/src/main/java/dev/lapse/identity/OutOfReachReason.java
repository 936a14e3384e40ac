package dev.lapse.identity;

import dev.lapse.access.Entitlement.OutOfReach;
import dev.lapse.condition.Reason;

/** The reason for a privilege that the operator itself may not give. */
public final class OutOfReachReason {
    private OutOfReachReason() {}

    public static Reason of(OutOfReach outcome) {
        return switch (outcome.limit()) {
            case Role -> Reason.RoleNotGrantable;
            case Subject -> Reason.SubjectNotGrantable;
            case Place -> Reason.PlaceNotGrantable;
        };
    }
}
