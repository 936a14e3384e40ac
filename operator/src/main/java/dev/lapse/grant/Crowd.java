package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.grant.RequestCheck.Obstacle;
import dev.lapse.grant.RequestCheck.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How many grants give access for one identity and in one namespace, and how many may: what one tenant asks for costs
 * everybody memory, and the API server a binding that it looks at with every request.
 *
 * <p>Passes that run at once do not see each other: there may be as many more than the limit as passes run at once, less
 * one.
 */
public record Crowd(int ofIdentity, int inNamespace, Limits limits) {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    /** The most at once. */
    public record Limits(int ofIdentity, int inNamespace) {}

    static final Crowd NOBODY = new Crowd(0, 0, new Limits(1, 1));

    static Optional<Obstacle> leavesRoom(GrantFacts facts, Instant now) {
        Crowd crowd = facts.crowd();
        // One that has begun is counted itself.
        if (facts.record().announced()) {
            return Optional.empty();
        }
        if (crowd.ofIdentity >= crowd.limits.ofIdentity) {
            return wait(
                    crowd.ofIdentity + " grants of identity " + facts.request().identity()
                            + " are active, and settings allow grants-per-identity " + crowd.limits.ofIdentity,
                    now);
        }
        return crowd.inNamespace < crowd.limits.inNamespace
                ? Optional.empty()
                : wait(
                        crowd.inNamespace + " grants of namespace "
                                + facts.request().namespace() + " are active, and settings allow grants-per-namespace "
                                + crowd.limits.inNamespace,
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
