package dev.lapse.grant.request;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.Permission;
import dev.lapse.access.Rule;
import dev.lapse.access.SeparationOfDuties;
import dev.lapse.access.SeparationOfDuties.Duty;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleKind;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.grant.DutyFinding;
import dev.lapse.grant.DutyFinding.Clash;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantPlan;
import dev.lapse.grant.GrantRecord;
import dev.lapse.grant.GrantRequest;
import dev.lapse.grant.KubernetesGrants;
import dev.lapse.grant.StatusSeal;
import dev.lapse.grant.request.DutyChecks.HeldPrivilege;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.identity.KubernetesRoles;
import dev.lapse.identity.WaiverFacts;
import dev.lapse.identity.WaiverProofs;
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
public final class KubernetesDuties {
    private final SeparationOfDuties rules;
    private final KubernetesCluster cluster;
    private final KubernetesIdentities identities;
    private final StatusSeal seal;
    private final AccessOracle oracle;
    private final Aliases aliases;
    private final DutyWaivers waivers;
    private final Supplier<Stream<PrivilegeGrant>> grants;

    /** @param grants all of the cluster that have not ended, as the informer has them */
    public KubernetesDuties(KubernetesGrants.Tools tools, StatusSeal seal, Supplier<Stream<PrivilegeGrant>> grants) {
        this.rules = tools.duties();
        this.cluster = tools.shared().cluster();
        this.identities = tools.shared().identities();
        this.seal = seal;
        this.oracle = tools.shared().oracle();
        this.aliases = tools.aliases();
        this.waivers = new DutyWaivers(oracle, aliases.behind(identities::personBehind), tools.longestWaiver());
        this.grants = grants;
    }

    /** What is known without looking. */
    public Optional<DutyFinding> unasked() {
        return rules.conflicts().isEmpty() ? Optional.of(DutyFinding.NOTHING_DECLARED) : Optional.empty();
    }

    public DutyFinding ask(GrantFacts facts, Instant now) {
        IdentityFacts identity = facts.identity().orElseThrow();
        EntryFacts entry = identity.entry(facts.request().privilege()).orElseThrow();
        HeldPrivilege mine = holding(
                facts.request(),
                identity,
                facts.role().allRules(),
                GrantPlan.namespaces(facts.request(), entry),
                facts.record());
        if (mine.duties().isEmpty()) {
            return new DutyFinding(
                    DutyFinding.Answer.Separate, "", facts.record().announced());
        }
        return waivers.judge(
                facts,
                List.of(
                        () -> within(mine, entry),
                        () -> grants.get()
                                .filter(other -> !other.getMetadata().getUid().equals(mine.uid()))
                                .flatMap(other -> holding(other, now).stream())
                                .flatMap(other -> DutyChecks.against(mine, other, rules, aliases).stream())
                                .toList(),
                        // Other grants may have begun within this pass; what is held without any was just asked.
                        () -> facts.duties()
                                .map(before -> before.waived().stream()
                                        .map(DutyFinding.Waived::clash)
                                        .toList())
                                .orElseGet(() -> standing(mine, identity))),
                now);
    }

    /** The waivers of an identity that a grant of this role may rest on, as far as nobody has to be asked. */
    public List<WaiverFacts> waivers(
            GrantRequest request, IdentityFacts identity, List<Rule> role, GuardState guard, Instant now) {
        if (rules.conflicts().isEmpty() || identity.waivers().isEmpty()) {
            return List.of();
        }
        Set<String> given = rules.in(role);
        return identity.waivers().stream()
                .filter(waiver ->
                        rules.declares(waiver.duties().get(0), waiver.duties().get(1)))
                .filter(waiver -> waiver.duties().stream().anyMatch(given::contains))
                .filter(waiver -> waivers.mayCount(request, identity, waiver, now))
                .filter(waiver -> WaiverProofs.of(identity, waiver, guard, now) == NameProof.Answer.PROVED)
                .toList();
    }

    private List<Clash> within(HeldPrivilege mine, EntryFacts entry) {
        return rules.between(mine.duties(), mine.duties()).stream()
                .map(conflict -> Clash.certain(
                        conflict,
                        DutyChecks.conflicting(conflict) + ": " + entry.role().text()
                                + " gives both, so name a narrower role in entry " + entry.name()))
                .toList();
    }

    /** What the identity's own account may do without any grant. */
    private List<Clash> standing(HeldPrivilege mine, IdentityFacts identity) {
        UserInfo subject = UserInfo.of(identity.subject().userName(), List.of());
        List<Optional<String>> places = mine.namespaces().isEmpty()
                ? List.of(Optional.empty(), Optional.of(identity.namespace()))
                : mine.namespaces().stream().map(Optional::of).toList();
        return rules.against(mine.duties()).stream()
                .flatMap(duty -> places.stream()
                        .flatMap(place -> duty.permissions().stream()
                                .flatMap(what -> standing(mine, duty, subject, what, place).stream()))
                        .limit(1))
                .flatMap(List::stream)
                .toList();
    }

    /** What one right that is held, or may be, has against it: one duty may conflict with several. */
    private Optional<List<Clash>> standing(
            HeldPrivilege mine, Duty duty, UserInfo subject, Permission permission, Optional<String> place) {
        Answer answer = oracle.ask(subject, permission, place);
        if (answer.verdict() == Verdict.Denied) {
            return Optional.empty();
        }
        String what = subject.user() + " may " + permission.describe()
                + place.map(name -> " in namespace " + name).orElse(" in the whole cluster");
        boolean known = answer.verdict() == Verdict.Allowed;
        return Optional.of(rules.between(mine.duties(), Set.of(duty.name())).stream()
                .map(conflict -> new Clash(
                        conflict,
                        known
                                ? DutyChecks.conflicting(conflict) + ": " + what + " without any grant. Take that right"
                                        + " away, or let an identity of another owner do it"
                                : "it could not be found out whether " + what + ": " + answer.reason(),
                        known))
                .toList());
    }

    /** Nothing if it has ended, or if nobody could say what it would give. */
    private Optional<HeldPrivilege> holding(PrivilegeGrant grant, Instant now) {
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

    private HeldPrivilege holding(
            GrantRequest request,
            IdentityFacts identity,
            List<Rule> role,
            List<String> namespaces,
            GrantRecord record) {
        return DutyChecksHeldPrivilegeBuilder.stagedBuilder()
                .namespace(request.namespace())
                .grant(request.namespace() + "/" + request.name())
                .uid(request.uid())
                .identity(request.namespace() + "/" + request.identity())
                .owner(identity.owner())
                .duties(rules.in(role))
                .namespaces(namespaces)
                .createdAt(request.createdAt())
                .considered(record.proof().isPresent() || record.review().isPresent())
                .begun(record.announced())
                .build();
    }
}
