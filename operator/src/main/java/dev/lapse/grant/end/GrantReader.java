package dev.lapse.grant.end;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantRecord;
import dev.lapse.grant.GrantRequest;
import dev.lapse.grant.ObservedObject;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.RoleFacts;
import java.time.Instant;

/** What the lane is told of a grant. Nothing is asked for it but the rules of a role. */
public interface GrantReader {
    GuardState guard();

    /** @param gone whether the grant's object is gone */
    GrantRequest request(PrivilegeGrant grant, boolean gone);

    /** What the status says as far as the operator wrote it, and everything that carries the grant's label besides. */
    GrantRecord record(PrivilegeGrant grant, Instant now);

    /** Everything that the informers tell: the rules of its role only if they are known. */
    GrantFacts outline(PrivilegeGrant grant, boolean gone, Instant now);

    /** The role of a grant with its rules, for which the API server is asked unless they are known. */
    RoleFacts rules(GrantFacts facts);

    /** One object of a grant's record beside what the cluster shows. */
    ObservedObject look(GrantRequest request, GrantRecord record, GrantObject object);
}
