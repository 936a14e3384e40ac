package dev.lapse.grant.request;

import static dev.lapse.grant.Obstacle.refuse;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.grant.ClaimMemory;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantPlan;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
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
        return facts.holds(identity, now).suspends().flatMap(why -> refuse(Reason.ReviewMissed, why));
    }

    static Optional<Obstacle> privilegeIsNotRevoked(GrantFacts facts, EntryFacts entry, Instant now) {
        return facts.holds(facts.identity().orElseThrow(), now)
                .on(entry.role().text(), GrantPlan.namespaces(facts.request(), entry))
                .flatMap(revoked -> refuse(Reason.ReviewRevoked, revoked.told()));
    }
}
