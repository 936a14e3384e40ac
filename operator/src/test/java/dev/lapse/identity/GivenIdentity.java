package dev.lapse.identity;

import dev.lapse.api.v1alpha1.ServiceIdentity;

/** Identities for tests of the packages above. */
public final class GivenIdentity {
    private GivenIdentity() {}

    /** With the status it carries, as if the operator had written that. */
    public static IdentityFacts of(ServiceIdentity identity, Profile profile, SubjectFacts subject) {
        return IdentityFacts.of(identity, identity.getStatus(), profile, subject);
    }
}
