package dev.lapse.grant;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.Author;
import dev.lapse.access.Permission;
import dev.lapse.access.Rule;
import dev.lapse.access.SeparationOfDuties;
import dev.lapse.access.SeparationOfDuties.Conflict;
import dev.lapse.access.SeparationOfDuties.Duty;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleKind;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.grant.DutyChecks.Holding;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.identity.KubernetesRoles;
import dev.lapse.review.Aliases;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds out what else is held by whom a grant is for: other grants from the informers, what the account may do besides
 * from the API server. Without declared duties, or for a role that gives none of them, nothing is looked at.
 */
final class KubernetesDuties {
    private final SeparationOfDuties rules;
    private final KubernetesCluster cluster;
    private final KubernetesIdentities identities;
    private final StatusSeal seal;
    private final AccessOracle oracle;
    private final Aliases aliases;
    private final Supplier<Stream<PrivilegeGrant>> grants;

    KubernetesDuties(
            SeparationOfDuties rules,
            KubernetesCluster cluster,
            KubernetesIdentities identities,
            StatusSeal seal,
            AccessOracle oracle,
            Aliases aliases,
            Supplier<Stream<PrivilegeGrant>> grants) {
        this.rules = rules;
        this.cluster = cluster;
        this.identities = identities;
        this.seal = seal;
        this.oracle = oracle;
        this.aliases = aliases;
        this.grants = grants;
    }

    /** What is known without looking. */
    Optional<DutyFinding> unasked() {
        return rules.conflicts().isEmpty() ? Optional.of(DutyFinding.NOTHING_DECLARED) : Optional.empty();
    }

    DutyFinding ask(GrantFacts facts, Instant now) {
        boolean announced = facts.record().announced();
        IdentityFacts identity = facts.identity().orElseThrow();
        EntryFacts entry = identity.entry(facts.request().privilege()).orElseThrow();
        Holding mine = holding(
                facts.request(),
                identity,
                facts.role().allRules(),
                GrantPlan.namespaces(facts.request(), entry),
                facts.record());
        Optional<Conflict> within = rules.between(mine.duties(), mine.duties());
        if (within.isPresent()) {
            return new DutyFinding(
                    DutyFinding.Answer.Conflict,
                    DutyChecks.conflicting(within.get()) + ": " + entry.role().kind() + "/"
                            + entry.role().name() + " gives both, so name a narrower role in entry " + entry.name(),
                    announced);
        }
        if (mine.duties().isEmpty()) {
            return new DutyFinding(DutyFinding.Answer.Separate, "", announced);
        }
        return grants.get()
                .filter(other -> !other.getMetadata().getUid().equals(mine.uid()))
                .flatMap(other -> holding(other, now).stream())
                .flatMap(other -> DutyChecks.against(mine, other, rules, aliases).stream())
                .findFirst()
                .map(why -> new DutyFinding(DutyFinding.Answer.Conflict, why, announced))
                .orElseGet(() -> facts.duties().isPresent()
                        // Other grants may have begun within this pass; what is held without any was just asked.
                        ? new DutyFinding(DutyFinding.Answer.Separate, "", announced)
                        : standing(mine, identity, announced));
    }

    /** What the identity's own account may do without any grant. */
    private DutyFinding standing(Holding mine, IdentityFacts identity, boolean announced) {
        Author subject = Author.of(identity.subject().userName(), List.of());
        List<Optional<String>> places = mine.namespaces().isEmpty()
                ? List.of(Optional.empty(), Optional.of(identity.namespace()))
                : mine.namespaces().stream().map(Optional::of).toList();
        for (Duty duty : rules.against(mine.duties())) {
            for (Optional<String> place : places) {
                for (Permission permission : duty.permissions()) {
                    Answer answer = oracle.ask(subject, permission, place);
                    if (answer.verdict() != Verdict.Denied) {
                        return standing(mine, duty, subject.user() + " may " + permission.describe(), place, answer)
                                .announced(announced);
                    }
                }
            }
        }
        return new DutyFinding(DutyFinding.Answer.Separate, "", announced);
    }

    private Standing standing(Holding mine, Duty duty, String what, Optional<String> place, Answer answer) {
        String where = place.map(name -> " in namespace " + name).orElse(" in the whole cluster");
        if (answer.verdict() == Verdict.Unknown) {
            return new Standing(
                    DutyFinding.Answer.Unknown,
                    "it could not be found out whether " + what + where + ": " + answer.reason());
        }
        Conflict conflict = rules.between(mine.duties(), Set.of(duty.name())).orElseThrow();
        return new Standing(
                DutyFinding.Answer.Conflict,
                DutyChecks.conflicting(conflict) + ": " + what + where + " without any grant. Take that right away,"
                        + " or let an identity of another owner do it");
    }

    private record Standing(DutyFinding.Answer answer, String why) {
        DutyFinding announced(boolean announced) {
            return new DutyFinding(answer, why, announced);
        }
    }

    /** Nothing if it has ended, or if nobody could say what it would give. */
    private Optional<Holding> holding(PrivilegeGrant grant, Instant now) {
        GrantRequest request = GrantRequest.of(grant);
        GrantRecord record = seal.read(grant.getStatus(), request.uid(), now);
        Optional<IdentityFacts> identity = identities.find(request.namespace(), request.identity());
        if (record.phase().ended() || identity.isEmpty() || (request.deleting() && !record.announced())) {
            return Optional.empty();
        }
        // Of a forged status nothing is sure, not even that it names a role.
        Optional<Resolved> given =
                record.resolved().filter(known -> known.role().matches("(Cluster)?Role/.+"));
        if (given.isPresent()) {
            Resolved resolved = given.get();
            String[] role = resolved.role().split("/", 2);
            return Optional.of(holding(
                    request,
                    identity.get(),
                    rules(new RoleReference(RoleKind.valueOf(role[0]), role[1]), resolved.namespaces()),
                    resolved.namespaces(),
                    record));
        }
        return identity.get().entry(request.privilege()).map(entry -> {
            List<String> namespaces = GrantPlan.namespaces(request, entry);
            return holding(request, identity.get(), rules(entry.role(), namespaces), namespaces, record);
        });
    }

    private List<Rule> rules(RoleReference role, List<String> namespaces) {
        return KubernetesRoles.find(cluster, role, namespaces).allRules();
    }

    private Holding holding(
            GrantRequest request,
            IdentityFacts identity,
            List<Rule> role,
            List<String> namespaces,
            GrantRecord record) {
        return new Holding(
                request.namespace() + "/" + request.name(),
                request.uid(),
                request.namespace() + "/" + request.identity(),
                identity.owner(),
                rules.in(role),
                namespaces,
                request.createdAt(),
                record.proof().isPresent() || record.review().isPresent(),
                record.announced());
    }
}
