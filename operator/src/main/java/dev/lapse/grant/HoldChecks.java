package dev.lapse.grant;

import static dev.lapse.grant.RequestCheck.refuse;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.condition.Reason;
import dev.lapse.grant.RequestCheck.Obstacle;
import dev.lapse.grant.RequestCheck.Waiting;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.memory.Holds;
import java.time.Instant;
import java.util.Optional;

/** What reviews hold back, whatever the identity's spec says: from a request, and from a grant that has begun. */
final class HoldChecks {
    private HoldChecks() {}

    /** Unknown never grants: what was held must be known. */
    static Optional<Obstacle> identityIsNotHeld(GrantFacts facts, IdentityFacts identity, Instant now) {
        if (!facts.memory().readable()) {
            return Optional.of(new Waiting(
                    GrantPhase.Pending,
                    Reason.MemoryUnreadable,
                    "whether the identity is held is not known: "
                            + facts.memory().problem(),
                    Optional.of(now.plus(ClaimMemory.LOOK_AGAIN))));
        }
        return holds(facts, identity, now).suspends().flatMap(why -> refuse(Reason.ReviewMissed, why));
    }

    static Optional<Obstacle> privilegeIsNotRevoked(GrantFacts facts, EntryFacts entry, Instant now) {
        return holds(facts, facts.identity().orElseThrow(), now)
                .on(entry.role().kind() + "/" + entry.role().name(), GrantPlan.namespaces(facts.request(), entry))
                .flatMap(revoked -> refuse(Reason.ReviewRevoked, revoked.told()));
    }

    /** Nobody decided in time whether what the identity may ask for is right. */
    static Optional<Ending> heldSince(GrantFacts facts, Instant now) {
        return facts.identity()
                .flatMap(identity -> holds(facts, identity, now).suspends())
                .map(why -> new Ending(EndCause.IdentitySuspended, Optional.empty(), now, why));
    }

    static Optional<Ending> revokedSince(GrantFacts facts, Instant now) {
        Resolved given = facts.record().resolved().orElseThrow();
        return facts.identity()
                .flatMap(identity -> holds(facts, identity, now).on(given.role(), given.namespaces()))
                .map(revoked -> new Ending(
                        EndCause.ReviewRevoked,
                        revoked.revokedBy().isEmpty()
                                ? Optional.empty()
                                : Optional.of(String.join(", ", revoked.revokedBy())),
                        now,
                        revoked.told()));
    }

    private static Holds holds(GrantFacts facts, IdentityFacts identity, Instant now) {
        return Holds.on(facts.memory(), identity.name(), identity.subject().userName(), now);
    }
}
