package dev.lapse.condition;

/** Why a condition, an entry or a phase is as it is: one word for tools, explained here for people. */
public enum Reason {
    // Grants on their way
    /** The grant is active. */
    Active,
    /** Objects are being made. */
    Activating,
    /** It waits for notBefore. */
    NotYet,
    /** It waits for people to approve it. */
    ApprovalRequired,
    /** A request that came through Git is only claimed: nobody knows who wrote it, so people must approve it. */
    ClaimedRequest,
    /** The guard does not stand, so no name is proved and nothing new is granted. */
    GuardNotReady,
    /** The object was written while the guard did not stand; write it again. */
    NameUnproved,
    /** The API server could not be asked about a right. */
    LookupFailed,
    /** There is no such ServiceIdentity yet. */
    IdentityNotFound,
    /** The identity's subject does not exist. */
    SubjectNotFound,

    // Refusals
    IdentityNotActive,
    IdentityExpired,
    ValidUntilRequired,
    OwnerMissing,
    SubjectClaimed,
    SubjectNotAllowed,
    /** The identity has no eligible entry of that name. */
    PrivilegeUnknown,
    NamespaceNotEligible,
    NamespaceNotFound,
    NamespaceTerminating,
    DurationTooLong,
    /** notAfter had passed before the grant could begin. */
    NotAfterPassed,
    RequesterNotAllowed,
    RoleNotFound,
    /** The entry's author could not bind its role there. */
    AuthorNotEntitled,
    /** The entry has no author: entitledBy is missing. */
    AuthorMissing,
    /** What an applier wrote goes beyond its limits. */
    BeyondApplierLimits,
    /** The entry takes a risk it does not accept by name. */
    RiskNotAccepted,
    CredentialNotPossible,
    /** Somebody else's object has the name that belongs to this grant. */
    NameTaken,

    // Ends
    Ended,
    Revoking,
    /** The API server refused a step, or could not be reached; it is tried again without end. */
    StepFailed,
    AccessGone,
    ResidualAccess,
    NeverActive,

    // Identities
    Eligible,
    Ready,
    OwnerNamed,
    SubjectExists,
    SubjectCreated,
    UserSubject,
    Suspended,
    Retiring,
    Retired
}
