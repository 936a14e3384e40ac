package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.cluster.Asked;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a PrivilegeGrant as the informer shows it says at a glance, before anything is observed. */
public final class GrantGlance {
    private GrantGlance() {}

    static GrantPhase phase(PrivilegeGrant grant) {
        PrivilegeGrantStatus status = grant.getStatus();
        return status == null || status.phase() == null ? GrantPhase.Pending : status.phase();
    }

    public static boolean open(PrivilegeGrant grant) {
        return !phase(grant).ended();
    }

    static GrantKey key(PrivilegeGrant grant) {
        return new GrantKey(
                grant.getMetadata().getNamespace(), grant.getMetadata().getName());
    }

    static boolean announced(PrivilegeGrant grant) {
        return grant.getStatus() != null && grant.getStatus().expiresAt() != null;
    }

    static boolean isUnproved(PrivilegeGrant grant) {
        return !open(grant)
                && announced(grant)
                && grant.getStatus().end() != null
                && grant.getStatus().end().verifiedAt() == null;
    }

    static Stream<GrantDue> due(PrivilegeGrant grant) {
        return Optional.ofNullable(grant.getStatus()).map(PrivilegeGrantStatus::expiresAt).stream()
                .map(end -> GrantDue.of(end, grant.getMetadata().getUid(), key(grant)));
    }

    static boolean meansSomethingElse(PrivilegeGrant before, PrivilegeGrant after) {
        return Asked.forSomethingElse(before, after)
                || phase(before) != phase(after)
                || !Objects.equals(review(before), review(after));
    }

    private static @Nullable String review(PrivilegeGrant grant) {
        return grant.getStatus() == null ? null : grant.getStatus().review();
    }
}
