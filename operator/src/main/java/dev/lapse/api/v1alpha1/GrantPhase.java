package dev.lapse.api.v1alpha1;

/** Where a grant is on its way. Ended phases never reopen. */
public enum GrantPhase {
    /** Not decided yet, or not begun: the reason says what is missing. */
    Pending,
    /** People must approve it first. */
    AwaitingApproval,
    /** It begins at notBefore. */
    Scheduled,
    /** It gives access, until expiresAt. */
    Active,
    /** It is ending; seen only while a step of that fails. */
    Revoking,
    /** Ended when its time was over. */
    Expired,
    /** Ended before its time. */
    Revoked,
    /** Refused; it was never active. */
    Denied,
    /** Somebody else's object has its name; nothing of the grant is left behind. */
    Failed;

    public boolean ended() {
        return this == Expired || this == Revoked || this == Denied || this == Failed;
    }
}
