package dev.lapse.grant.tell;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.condition.ConditionType;
import dev.lapse.grant.GrantFacts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells whether the role of an active grant allows something else than when the grant was approved and began. */
final class RoleDrift {
    private RoleDrift() {}

    /** In a sentence. What a risk or a wildcard makes of a role ends the grant, so this is about everything else. */
    static Optional<String> of(GrantFacts facts, GrantPhase phase) {
        return facts.record()
                .resolved()
                .filter(resolved -> phase == GrantPhase.Active)
                .filter(resolved ->
                        facts.role().missing().isEmpty() && !facts.role().hash().equals(resolved.rulesHash()))
                .map(resolved ->
                        resolved.role() + " was changed while the grant was active, and allows something else than"
                                + " what was approved (rules " + resolved.rulesHash() + " then, "
                                + facts.role().hash() + " now): who does not want that revokes the grant");
    }

    /** The same, unless the status said so before. */
    static Optional<String> news(GrantFacts facts, GrantPhase phase, @Nullable PrivilegeGrantStatus before) {
        return of(facts, phase)
                .filter(told -> before == null
                        || before.conditions() == null
                        || before.conditions().stream()
                                .noneMatch(condition -> condition.type().equals(ConditionType.RoleAsGranted.name())
                                        && condition.message().equals(told)));
    }
}
