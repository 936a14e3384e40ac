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
    /** The API server's time is not known, or the operator's clock is far off it: nothing new is granted. */
    ClockUnsure,
    /** The object was written while the guard did not stand; write it again. */
    NameUnproved,
    /** The API server could not be asked about a right. */
    LookupFailed,
    /** What was remembered of its namespace is not known, so nothing that has to be remembered is given there. */
    MemoryUnreadable,
    /** What would have to be remembered finds no room in the memory of its namespace. */
    MemoryFull,
    /** There is no such ServiceIdentity yet. */
    IdentityNotFound,
    /** The identity's subject does not exist. */
    SubjectNotFound,

    // Reviews
    /** Enough people approved in time. */
    Approved,
    /** Somebody who may decide said no. */
    ApprovalDenied,
    /** Nobody decided in time: silence is a no. */
    ReviewExpired,
    /** What the review was about is over or has changed. */
    ReviewCancelled,
    /** What was approved is no longer what would be given, or who approved may not any more. */
    ApprovalVoid,
    /** A privilege that was taken without approval, or what an identity may ask for, has to be reviewed by somebody. */
    ReviewOwed,
    /** Nobody decided in time what is to be decided after the fact. It stays owed, and a verdict still counts. */
    ReviewOverdue,
    /** Somebody else said that a break-glass was right. */
    BreakGlassKept,
    /** Somebody said Keep to everything that a certification was about. */
    Certified,
    /** Somebody said Revoke in a certification, or nobody decided in time: it is not given until somebody else says Keep. */
    ReviewRevoked,
    /** A certification was missed, and its campaign says that nothing is granted until it is decided. */
    ReviewMissed,
    /** A campaign is due too soon for anybody to decide in time. */
    DueTooSoon,
    /** Whoever opened a campaign does not hold the verb campaign there. */
    CampaignNotAllowed,
    /** A campaign has opened a review for each identity, and they are being decided. */
    CampaignRuns,
    /** Each review of a campaign is decided. */
    CampaignDone,
    /** A review can still be decided before it is due, or was. */
    OnTime,

    // Refusals
    /** The identity is Suspended, Retired or being deleted. */
    IdentityNotActive,
    /** The identity's validUntil has passed. */
    IdentityExpired,
    /** The actor type's profile requires validUntil, and the identity has none. */
    ValidUntilRequired,
    /** Nobody answers for the identity: spec.owner names neither a user nor a team. */
    OwnerMissing,
    /** An older identity names the same subject. */
    SubjectTaken,
    /** Settings do not allow this user name as a subject in this namespace. */
    SubjectNotAllowed,
    /** The identity has no eligible entry of that name. */
    PrivilegeUnknown,
    /** The request names a namespace that the entry does not list. */
    NamespaceNotEligible,
    /** A namespace of the entry does not exist. */
    NamespaceNotFound,
    /** A namespace of the grant is being deleted. */
    NamespaceTerminating,
    /** The duration is above the entry's or the profile's ceiling. */
    DurationTooLong,
    /** A claimed request of this name has ended before, or is gone: it never wakes again before its notAfter. */
    ClaimEnded,
    /** What it gives may not be held together with what its identity, or another of the same owner, holds already. */
    DutiesConflict,
    /** Settings declare no conflict between the two duties of the waiver. */
    NothingToWaive,
    /** The waiver's until has passed. */
    WaiverEnded,
    /** The waiver's until is further ahead than settings allow. */
    WaiverTooLong,
    /** Whoever wrote the waiver does not hold the verb govern on the identity (any more). */
    WaiverNotGoverned,
    /** notAfter had passed before the grant could begin. */
    NotAfterPassed,
    /** notBefore is more than 90 days after the grant's creation. */
    NotBeforeTooFar,
    /** The entry lists requesters, and the one who asks is not among them. */
    RequesterNotAllowed,
    /** Whoever asked does not hold the verb request on the identity (any more). */
    RequesterNotEntitled,
    /** The entry's role does not exist, or not in every namespace of the entry. */
    RoleNotFound,
    /** The entry's role has more than 128 KiB of rules: nobody could judge what it gives, so nothing is granted by it. */
    RoleTooLarge,
    /** The entry's author, or whoever vouched for what an applier wrote, could not bind its role there. */
    AuthorNotEntitled,
    /** The operator may not bind this role there: an administrator lists what can be granted. */
    RoleNotGrantable,
    /** The operator may not issue tokens for the identity's account: an administrator lists the accounts. */
    SubjectNotGrantable,
    /** Nothing is granted there: the namespace is protected, or the guard's parameters allow nothing cluster-wide. */
    PlaceNotGrantable,
    /** The entry has no author: entitledBy is missing. */
    AuthorMissing,
    /** What an applier wrote goes beyond its limits, and nobody who could bind it there has vouched for it (yet). */
    BeyondApplierLimits,
    /** The entry allows no break-glass. */
    BreakGlassNotAllowed,
    /** An earlier break-glass of the identity is not reviewed yet, and this one is of another incident, or too much. */
    BreakGlassOwed,
    /** Somebody said Revoke to a break-glass for the same, and nobody else has said Keep since. */
    BreakGlassHeld,
    /** The entry takes a risk it does not accept by name. */
    RiskNotAccepted,
    /** This kind of credential does not go with this principal. */
    CredentialNotPossible,
    /** Somebody else's object has the name that belongs to this grant. */
    NameTaken,

    // Ends
    /** The grant is over; the message and status.end tell how. */
    Ended,
    /** As many grants as settings allow are active for its identity, or in its namespace; it waits until one ends. */
    TooManyGrants,
    /** The grant is ending: its access is being taken away. */
    Revoking,
    /** The API server refused a step, or could not be reached; it is tried again without end. */
    StepFailed,
    /** The API server was asked, and says no to what the grant allowed. */
    AccessGone,
    /** Nothing that the grant made is left; the API server is about to be asked what access there is besides. */
    BeingProved,
    /** Something that is not this grant still allows part of what it allowed; the message names it. */
    ResidualAccess,
    /** The role allows something else than before: of an active grant, than what was approved. */
    RoleChanged,
    /** The grant never gave any access. */
    NeverActive,

    // Identities
    /** The entry can be granted. */
    Eligible,
    /** The waiver holds: grants may begin in spite of the conflict that it names. */
    Waived,
    /** The identity is as it should be; each entry has a state of its own. */
    Ready,
    /** Somebody answers for the identity. */
    OwnerNamed,
    /** The subject's ServiceAccount exists. */
    SubjectExists,
    /** Lapse created the subject's ServiceAccount. */
    SubjectCreated,
    /** The subject is a user name, which Kubernetes keeps no object for. */
    UserSubject,
    /** spec.state is Suspended: nothing is granted, active grants end. */
    Suspended,
    /** spec.state is Retired, and grants are still ending. */
    Retiring,
    /** spec.state is Retired, no grant is active, and the account that Lapse made is gone. */
    Retired
}
