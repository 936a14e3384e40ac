package dev.lapse.grant.end;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.grant.Ending;
import dev.lapse.grant.GrantFacts;
import java.time.Instant;
import java.util.Optional;

/** What reviews take away from a grant that has begun, whatever the identity's spec says. */
final class HoldEndings {
    private HoldEndings() {}

    /** Nobody decided in time whether what the identity may ask for is right. */
    static Optional<Ending> heldSince(GrantFacts facts, Instant now) {
        return facts.identity()
                .flatMap(identity -> facts.holds(identity, now).suspends())
                .map(why -> new Ending(EndCause.IdentitySuspended, Optional.empty(), now, why));
    }

    static Optional<Ending> revokedSince(GrantFacts facts, Instant now) {
        Resolved given = facts.record().resolved().orElseThrow();
        return facts.identity()
                .flatMap(identity -> facts.holds(identity, now).on(given.role(), given.namespaces()))
                .map(revoked -> new Ending(
                        EndCause.ReviewRevoked,
                        revoked.revokedBy().isEmpty()
                                ? Optional.empty()
                                : Optional.of(String.join(", ", revoked.revokedBy())),
                        now,
                        revoked.told()));
    }
}
