package dev.lapse.api.v1alpha1;

/** Why a grant ended, or was never active. */
public enum EndCause {
    /** Its duration was over, or notAfter came. */
    Expired,
    /** spec.revoked. */
    Revoked,
    /** Whoever reviewed this break-glass said Revoke, or a certification took the privilege away. */
    ReviewRevoked,
    /** The PrivilegeGrant was deleted. */
    Deleted,
    /** The identity's state is Suspended, or a missed review holds it. */
    IdentitySuspended,
    /** The identity's state is Retired. */
    IdentityRetired,
    /** The identity's validUntil has come. */
    IdentityExpired,
    /** The identity is gone, or another one of the same name took its place. */
    IdentityGone,
    /** The identity's subject is gone, or another account of the same name took its place. */
    SubjectGone,
    /** The entry was removed, or its role, its reach or its principal changed. */
    EligibilityLost,
    /** Nobody answers for the identity any more. */
    OwnerLost,
    /** The role is gone, or another one of the same name took its place. */
    RoleGone,
    /** The role gained a wildcard or a rule that lets a holder outlive the grant. */
    RoleWidened,
    /** Somebody else wrote the status while the guard did not stand, so that nothing in it can be relied on. */
    StatusForged,
    /** It had ended before, and rose again: etcd was restored from before that, or somebody wrote an old status. */
    Restored,
    /** A namespace of the grant is going away. */
    NamespaceGone,
    /** The request was refused. */
    Denied,
    /** Somebody else's object has the name that belongs to the grant. */
    Failed
}
