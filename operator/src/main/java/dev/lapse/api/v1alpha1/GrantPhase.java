package dev.lapse.api.v1alpha1;

/** Where a grant is on its way. Ended phases never reopen. */
public enum GrantPhase {
    Pending,
    AwaitingApproval,
    Scheduled,
    Active,
    Revoking,
    /** Ended when its time was over. */
    Expired,
    /** Ended before its time. */
    Revoked,
    /** Refused; it was never active. */
    Denied,
    /** It could not be activated; nothing is left behind. */
    Failed;

    public boolean ended() {
        return this == Expired || this == Revoked || this == Denied || this == Failed;
    }
}
