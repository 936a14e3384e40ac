package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import java.time.Instant;
import java.util.Optional;

/**
 * What a grant is, and the one next thing to do about it.
 *
 * @param next absent when the facts are settled
 * @param lookAgainAt when this could change without anybody doing anything; absent if it cannot
 */
public record GrantDecision(
        GrantPhase phase, Reason reason, String message, Optional<GrantAction> next, Optional<Instant> lookAgainAt) {

    public static GrantDecision todo(GrantPhase phase, Reason reason, String message, GrantAction next) {
        return new GrantDecision(phase, reason, message, Optional.of(next), Optional.empty());
    }

    /** The same, for as long as its next step fails. */
    GrantDecision failing(String why) {
        return new GrantDecision(
                phase, Reason.StepFailed, message + "; a step failed and is tried again: " + why, next, lookAgainAt);
    }

    public static GrantDecision settled(
            GrantPhase phase, Reason reason, String message, Optional<Instant> lookAgainAt) {
        return new GrantDecision(phase, reason, message, Optional.empty(), lookAgainAt);
    }
}
