package dev.lapse.condition;

/** The questions Lapse answers about its objects, in the order in which status lists them. */
public enum ConditionType {
    /** Whether the object does, or did, what its spec asks. */
    Ready,
    /** Whether a grant gives access now. */
    Active,
    /** Whether the API server says no to everything an ended grant gave. */
    AccessRemoved,
    /** Whether the role of an active grant allows what was approved; absent while it does. */
    RoleAsGranted,
    /** Whether nothing more will happen until somebody changes something. */
    Stalled,
    /** Whether somebody answers for an identity. */
    Owned,
    /** Whether an identity's subject exists and is its own. */
    SubjectBound,
    /** Whether nothing more is to be decided in a review. */
    Complete,
    /** Whether a review was decided before it was due, or still can be. */
    OnTime
}
