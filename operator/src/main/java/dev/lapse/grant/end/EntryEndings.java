package dev.lapse.grant.end;

import dev.lapse.access.Widening;
import dev.lapse.api.v1alpha1.EligibleEntry.Risk;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.grant.Ending;
import dev.lapse.grant.GrantFacts;
import dev.lapse.identity.AcceptedRisks;
import dev.lapse.identity.EntryFacts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What ends a grant because the eligible entry does not allow any more what was granted, or its role allows more. */
final class EntryEndings {
    private EntryEndings() {}

    static Optional<Ending> eligibilityLost(GrantFacts facts, Instant now) {
        Optional<EntryFacts> entry =
                facts.identity().orElseThrow().entry(facts.request().privilege());
        boolean covered = entry.filter(entryNow -> entryNow.role()
                        .kind()
                        .name()
                        .concat("/" + entryNow.role().name())
                        .equals(facts.resolved().role()))
                .filter(entryNow -> entryNow.principal() == facts.resolved().principal())
                .filter(entryNow -> covers(entryNow, facts.resolved().namespaces()))
                .filter(entryNow ->
                        !facts.request().breakGlass() || entryNow.breakGlass().isPresent())
                .isPresent();
        return Ending.when(
                !covered,
                EndCause.EligibilityLost,
                now,
                "the eligible entry " + facts.request().privilege() + " does not allow this any more");
    }

    private static boolean covers(EntryFacts entry, List<String> namespaces) {
        return entry.clusterWide() == namespaces.isEmpty() && entry.namespaces().containsAll(namespaces);
    }

    /** What was taken by name and is not any more: the entry could not be granted again as it is. */
    static Optional<Ending> riskWithdrawn(GrantFacts facts, Instant now) {
        List<String> withdrawn = AcceptedRisks.missing(
                        entry(facts), facts.role().allRules())
                .stream()
                .map(Enum::name)
                .filter(facts.resolved().risks()::contains)
                .toList();
        return withdrawn(facts, withdrawn, now);
    }

    static Optional<Ending> reachWithdrawn(GrantFacts facts, Instant now) {
        boolean accepted = entry(facts).accepted().contains(Risk.SubjectReach);
        return withdrawn(
                facts, reachesFurther(facts) && !accepted ? List.of(Risk.SubjectReach.name()) : List.of(), now);
    }

    private static Optional<Ending> withdrawn(GrantFacts facts, List<String> risks, Instant now) {
        return Ending.when(
                !risks.isEmpty(),
                EndCause.EligibilityLost,
                now,
                "the eligible entry " + entry(facts).name() + " does not accept " + String.join(", ", risks)
                        + " any more");
    }

    private static boolean reachesFurther(GrantFacts facts) {
        List<String> namespaces = facts.resolved().namespaces();
        return facts.resolved().principal() == PrincipalType.Subject
                && (namespaces.isEmpty()
                        || !namespaces.stream().allMatch(facts.request().namespace()::equals));
    }

    /** What an entry accepted from the beginning ends nothing; what was added to it since was approved by nobody. */
    static Optional<Ending> roleWidened(GrantFacts facts, Instant now) {
        if (!facts.role().tooLarge().isEmpty()) {
            return Ending.when(
                    true,
                    EndCause.RoleWidened,
                    now,
                    facts.resolved().role() + " has more rules by now than anybody could judge");
        }
        var gained = Widening.gained(
                Set.copyOf(facts.resolved().risks()), facts.role().allRules());
        EntryFacts entry = entry(facts);
        if (entry.reachHash().equals(facts.resolved().entryHash())) {
            gained.retainAll(AcceptedRisks.missing(entry, facts.role().allRules()));
        }
        return Ending.when(
                !gained.isEmpty(),
                EndCause.RoleWidened,
                now,
                facts.resolved().role() + " gained " + gained + " while the grant was active");
    }

    private static EntryFacts entry(GrantFacts facts) {
        return facts.identity().orElseThrow().entry(facts.request().privilege()).orElseThrow();
    }
}
