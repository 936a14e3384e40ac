package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.grant.request.RequestReview;
import dev.lapse.memory.BreakGlassDebt;
import dev.lapse.memory.Remembered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The only writer. Each method does one thing in the cluster and returns the facts as they then stand; it throws when the
 * cluster did not do it, and the next pass begins from what is there.
 */
interface GrantEffects {
    GrantFacts addFinalizer(GrantFacts facts);

    GrantFacts release(GrantFacts facts);

    GrantFacts writeStatus(GrantFacts facts, GrantDecision decision, Instant now);

    /** Writes the status even if it says nothing new: it is refused unless the grant is still the one that was read. */
    GrantFacts fence(GrantFacts facts, GrantDecision decision, Instant now);

    GrantFacts confirmFreshness(GrantFacts facts);

    GrantFacts askEntitlement(GrantFacts facts);

    GrantFacts askDuties(GrantFacts facts, Instant now);

    GrantFacts remember(GrantFacts facts, Remembered what, Instant now);

    GrantFacts askInsiders(GrantFacts facts, List<String> accounts, Instant now);

    GrantFacts openReview(GrantFacts facts, RequestReview review);

    /** @param maxTotal how much may be owed for one incident; if others came first, the facts say so */
    GrantFacts takeOnDebt(GrantFacts facts, BreakGlassDebt debt, Duration maxTotal, Instant now);

    GrantFacts createAccount(GrantFacts facts, GrantObject account);

    GrantFacts reserveSecret(GrantFacts facts, GrantObject secret);

    GrantFacts issueToken(GrantFacts facts, Duration lifetime, Instant now);

    GrantFacts deliverToken(GrantFacts facts, GrantObject secret);

    GrantFacts bind(GrantFacts facts, GrantObject binding);

    GrantFacts remove(GrantFacts facts, ObservedObject object);

    GrantFacts verifyRemoval(GrantFacts facts);

    /** Whether the cluster has said that it did not do a step that failed; otherwise it may have done it. */
    boolean answered(RuntimeException failed);

    /** Why a step failed, for people; nothing if the next pass will most likely do it. */
    Optional<String> explain(RuntimeException failed);
}
