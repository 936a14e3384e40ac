package dev.lapse.grant;

import dev.lapse.api.v1alpha1.AssuredName;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import java.time.Instant;
import java.util.Optional;

/** How far it is known who asked for a grant and who revoked it: no message names them otherwise. */
public final class GrantNames {
    private GrantNames() {}

    public static AssuredName requester(GrantFacts facts) {
        GrantRequest request = facts.request();
        NameProof.Answer proof = NameProof.grant(facts.guard(), facts.record().proof(), request.createdAt());
        // While the guard is not ready nothing begins, and nobody is told more than that somebody waits.
        return AssuredName.of(
                request.requestedBy(), request.requestedByVia().orElse(null), proof != NameProof.Answer.UNPROVED);
    }

    /** A revocation comes at any time, so that it must have been written under this guard, and not a former one. */
    public static Optional<AssuredName> revoker(
            GrantRequest request, GrantRecord record, GuardState guard, Instant now) {
        boolean guardedSinceProved = record.proof()
                .filter(proof -> proof.epoch().equals(guard.epoch()))
                .filter(proof -> guard.guarded(proof.at()))
                .isPresent();
        boolean proved = guard.settled(now) && (guardedSinceProved || guard.guarded(request.createdAt()));
        return request.revokedBy()
                .map(user -> AssuredName.of(user, request.revokedByVia().orElse(null), proved));
    }
}
