package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import org.jspecify.annotations.Nullable;

/** How a grant is ended by whoever calls, and what is told of its end. */
final class Revocation {
    private final KubernetesSession session;

    Revocation(KubernetesSession session) {
        this.session = session;
    }

    /** Of this grant only, not of another one that has its name by now. */
    JsonPatch patch(PrivilegeGrant grant, @Nullable String reason) {
        JsonPatch patch = new JsonPatch()
                .test("/metadata/uid", grant.getMetadata().getUid())
                .add("/spec/revoked", true)
                .add("/spec/revokedBy", session.whoAmI().user());
        return reason == null ? patch : patch.add("/spec/revokeReason", reason);
    }

    PrivilegeGrant write(PrivilegeGrant grant, JsonPatch patch, boolean dryRun) {
        return session.patch(PrivilegeGrant.class, grant.getMetadata().getName(), patch.json(), dryRun);
    }

    static String told(PrivilegeGrant ended) {
        End end = ended.getStatus().end();
        if (end == null) {
            return "is " + ended.getStatus().phase();
        }
        return "is " + ended.getStatus().phase() + ", " + end.message()
                + (end.effectiveAt() == null ? "; it had given nothing" : "; its access ended at " + end.effectiveAt());
    }
}
