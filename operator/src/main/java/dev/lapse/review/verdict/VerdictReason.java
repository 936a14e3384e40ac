package dev.lapse.review.verdict;

/** Why a verdict counts or does not: one word for tools, explained here for people. */
public enum VerdictReason {
    /** It counts. */
    Counts,
    /** The review has no item of that name. */
    NoSuchItem,
    /** It names another hash than the item's: something else was looked at. */
    OtherHash,
    /** It was first seen after the review was due. */
    Late,
    /** It was written while the guard did not stand, so nobody knows who wrote it; write it again. */
    NameUnproved,
    /** Nobody approves what they asked for, or keeps what they took, under whichever of their names. */
    OwnRequest,
    /** Neither the identity itself nor an account that Lapse made decides anything; nor does an applier. */
    OwnIdentity,
    /** The review lists reviewers, and this is none of them; or an account approved that is not listed by its user name. */
    NotAReviewer,
    /** Whoever gave it does not hold the verb approve (of a break-glass or certification, review) on the ServiceIdentity. */
    NotAllowed,
    /** Who approved an entry that an applier wrote beyond its limits could not bind its role there themselves. */
    NotEntitled,
    /**
     * Whoever gave it could act as the account that will hold the privilege, or as the ServiceAccount that asked; or it is
     * the yes of an account, as which whoever asked might act.
     */
    Insider,
    /** Whoever gave it could act as such an account when the request was made; what was taken away since does not help. */
    InsiderWhenAsked,
    /**
     * Who could act as such an account when the request was made is not known, or they could by a group whose members nobody
     * knows and whose right has changed since.
     */
    NotKnownWhenAsked,
    /** The same person has approved under another name, or says Keep to what they revoked. */
    SamePerson,
    /** Of a certification: somebody has decided this item, and the first verdict that counts stands. */
    AlreadyDecided
}
