package dev.lapse.grant.request;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.grant.Crowd;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How many grants may give access at once. */
final class CrowdChecks {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private CrowdChecks() {}

    static Optional<Obstacle> leavesRoom(GrantFacts facts, Instant now) {
        Crowd crowd = facts.crowd();
        // One that has begun is counted itself.
        if (facts.record().announced()) {
            return Optional.empty();
        }
        if (crowd.ofIdentity() >= crowd.limits().ofIdentity()) {
            return wait(
                    crowd.ofIdentity() + " grants of identity "
                            + facts.request().identity() + " are active, and settings allow grants-per-identity "
                            + crowd.limits().ofIdentity(),
                    now);
        }
        return crowd.inNamespace() < crowd.limits().inNamespace()
                ? Optional.empty()
                : wait(
                        crowd.inNamespace() + " grants of namespace "
                                + facts.request().namespace() + " are active, and settings allow grants-per-namespace "
                                + crowd.limits().inNamespace(),
                        now);
    }

    private static Optional<Obstacle> wait(String why, Instant now) {
        return Optional.of(new Waiting(
                GrantPhase.Pending,
                Reason.TooManyGrants,
                why + ": it waits until one of them ends; revoke what nobody needs",
                Optional.of(now.plus(LOOK_AGAIN))));
    }
}
