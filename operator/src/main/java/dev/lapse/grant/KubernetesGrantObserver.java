package dev.lapse.grant;

import dev.lapse.api.v1alpha1.EligibleEntry.RoleKind;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.grant.GrantFacts.NamespaceState;
import dev.lapse.grant.end.EndingNotes;
import dev.lapse.grant.end.GrantReader;
import dev.lapse.grant.request.KubernetesDuties;
import dev.lapse.grant.request.RequestReview;
import dev.lapse.guard.GuardParameters;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.ApplierReach;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.EntryProofs;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.identity.KubernetesRoles;
import dev.lapse.identity.OperatorPlace;
import dev.lapse.identity.RoleFacts;
import dev.lapse.identity.Vouchers;
import dev.lapse.identity.WaiverFacts;
import dev.lapse.memory.Recollection;
import dev.lapse.review.KubernetesReviews;
import io.fabric8.kubernetes.api.model.Namespace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The only reader: gathers the facts of a grant from the informers. The rules of its role are the one thing that the API
 * server may have to be asked for: what can be decided without them is decided from the outline.
 */
final class KubernetesGrantObserver implements GrantReader {
    private final KubernetesCluster cluster;
    private final KubernetesSeenObjects seen;
    private final KubernetesIdentities identities;
    private final Supplier<GuardState> guard;
    private final Supplier<GuardParameters> parameters;
    private final Supplier<Optional<String>> clockProblem;
    private final KubernetesReviews reviews;
    private final Vouchers vouchers;
    private final Function<String, Recollection> memory;
    private final KubernetesDuties duties;
    private final StatusSeal seal;
    private final EndedGrants ended;
    private final EndingNotes notes;
    private final Function<GrantRequest, Crowd> crowd;

    /**
     * @param clockProblem why the time is not known well enough to grant anything
     * @param memory by namespace, what is remembered about its objects
     * @param notes what the lane has found and done and no status says yet
     * @param crowd how many grants give access where this one would too
     */
    KubernetesGrantObserver(
            KubernetesCluster cluster,
            KubernetesIdentities identities,
            Supplier<GuardState> guard,
            Supplier<GuardParameters> parameters,
            Supplier<Optional<String>> clockProblem,
            KubernetesReviews reviews,
            Vouchers vouchers,
            Function<String, Recollection> memory,
            KubernetesDuties duties,
            StatusSeal seal,
            EndedGrants ended,
            EndingNotes notes,
            Function<GrantRequest, Crowd> crowd) {
        this.cluster = cluster;
        this.seen = new KubernetesSeenObjects(cluster);
        this.identities = identities;
        this.guard = guard;
        this.parameters = parameters;
        this.clockProblem = clockProblem;
        this.reviews = reviews;
        this.vouchers = vouchers;
        this.memory = memory;
        this.duties = duties;
        this.seal = seal;
        this.ended = ended;
        this.notes = notes;
        this.crowd = crowd;
    }

    /** Everything; of what ends, the rules of its role are read when they are needed. */
    GrantFacts observe(PrivilegeGrant grant, boolean gone, Instant now) {
        GrantFacts outline = outline(grant, gone, now);
        if (outline.record().phase().ended() || outline.record().end().isPresent()) {
            return outline;
        }
        RoleFacts role = rules(outline);
        GrantFacts facts = outline.withRole(role)
                .withWaivers(waivers(outline, role, now))
                .withObjects(outline.record().objects().stream()
                        .map(object -> seen.look(outline.request(), outline.record(), object))
                        .toList());
        // Once there is access, nobody's consent is asked again: who regrets it revokes.
        if (facts.record().activatedAt().isPresent()) {
            return facts;
        }
        String namespace = facts.request().namespace();
        return vouched(facts, now)
                .withConsent(RequestReview.of(facts, now).flatMap(review -> reviews.find(namespace, review.name())));
    }

    @Override
    public RoleFacts rules(GrantFacts facts) {
        GrantRequest request = facts.request();
        Optional<EntryFacts> entry = facts.identity().flatMap(known -> known.entry(request.privilege()));
        return role(request, facts.record(), entry, KubernetesRoles::find);
    }

    @Override
    public GrantFacts outline(PrivilegeGrant grant, boolean gone, Instant now) {
        GrantRequest request = request(grant, gone);
        GrantRecord record = record(grant, now);
        Optional<IdentityFacts> identity = identities.find(request.namespace(), request.identity());
        String privilege = request.privilege();
        Optional<EntryFacts> entry = identity.flatMap(known -> known.entry(privilege));
        GuardState guardState = guard.get();
        return GrantFactsBuilder.stagedBuilder()
                .request(request)
                .record(record)
                .identity(identity)
                .namespaces(namespaces(request, record, entry))
                .role(role(request, record, entry, KubernetesRoles::outline))
                .guard(guardState)
                .entryNameProved(identity.map(known -> EntryProofs.proved(known, privilege, guardState, now))
                        .orElse(false))
                .applierLimit(entry.flatMap(EntryFacts::via)
                        .map(applier -> parameters.get().reachOf(applier)))
                .bounds(OperatorPlace.bounds(parameters.get()))
                .vouching(Optional.empty())
                .objects(record.objects().stream()
                        .map(object -> seen.outline(request, record, object))
                        .toList())
                .entitlement(Optional.empty())
                .verification(Optional.empty())
                .token(Optional.empty())
                .bindingsGoneAt(notes.bindingsGoneAt(request.uid()))
                .consent(Optional.empty())
                .duties(duties.unasked())
                .waivers(List.of())
                .memory(memory.apply(request.namespace()))
                .crowd(crowd.apply(request))
                .upToDate(Optional.empty())
                .clockProblem(clockProblem.get())
                .build();
    }

    @Override
    public GuardState guard() {
        return guard.get();
    }

    @Override
    public GrantRequest request(PrivilegeGrant grant, boolean gone) {
        GrantRequest request = GrantRequest.of(grant);
        return gone ? request.withGone() : request;
    }

    /** Only of an entry beyond the limits of its applier anybody was asked. */
    private GrantFacts vouched(GrantFacts facts, Instant now) {
        String own = facts.request().namespace();
        return facts.identity()
                .flatMap(identity -> identity.entry(facts.request().privilege())
                        .filter(entry -> facts.applierLimit()
                                .filter(limit -> !ApplierReach.covers(limit, entry, own))
                                .isPresent())
                        .map(entry -> vouchers.of(
                                identity, entry, KubernetesRoles.find(cluster, entry.role(), entry.namespaces()), now)))
                .map(facts::withVouching)
                .orElse(facts);
    }

    private List<WaiverFacts> waivers(GrantFacts facts, RoleFacts role, Instant now) {
        return facts.identity()
                .map(known -> duties.waivers(facts.request(), known, role.allRules(), facts.guard(), now))
                .orElse(List.of());
    }

    @Override
    public GrantRecord record(PrivilegeGrant grant, Instant now) {
        String uid = grant.getMetadata().getUid();
        GrantRecord read = ended.read(uid, seal.read(grant.getStatus(), uid, now), now);
        // What the lane has begun to end ends for the cause and as of the time that the lane found.
        GrantRecord record = read.phase().ended() || !read.announced()
                ? read
                : notes.end(uid).map(read::withEnd).orElse(read);
        boolean forged =
                read.end().filter(end -> end.cause() == EndCause.StatusForged).isPresent();
        return forged
                ? record.withObjects(seen.everythingOf(uid, grant.getMetadata().getNamespace()))
                : record;
    }

    private Map<String, SeenNamespace> namespaces(
            GrantRequest request, GrantRecord record, Optional<EntryFacts> entry) {
        List<String> names = new ArrayList<>(places(request, record, entry));
        names.add(request.namespace());
        Map<String, SeenNamespace> states = new TreeMap<>();
        names.forEach(name -> states.put(name, seen(name)));
        return states;
    }

    private SeenNamespace seen(String name) {
        return cluster.namespaces()
                .find("", name)
                .map(Namespace::getMetadata)
                .map(namespace -> new SeenNamespace(
                        namespace.getDeletionTimestamp() == null ? NamespaceState.Live : NamespaceState.Terminating,
                        namespace.getUid()))
                .orElse(SeenNamespace.ABSENT);
    }

    /** Where the role is, or would be, bound: once resolved that does not change. */
    private static List<String> places(GrantRequest request, GrantRecord record, Optional<EntryFacts> entry) {
        return record.resolved()
                .map(Resolved::namespaces)
                .or(() -> entry.map(eligible -> GrantPlan.namespaces(request, eligible)))
                .orElse(List.of());
    }

    /** How a role is looked up. */
    @FunctionalInterface
    private interface Roles {
        RoleFacts in(KubernetesCluster cluster, RoleReference role, List<String> namespaces);
    }

    private RoleFacts role(GrantRequest request, GrantRecord record, Optional<EntryFacts> entry, Roles roles) {
        Optional<RoleReference> role = record.resolved()
                .map(resolved -> resolved.role().split("/", 2))
                .map(parts -> new RoleReference(RoleKind.valueOf(parts[0]), parts[1]))
                .or(() -> entry.map(EntryFacts::role));
        if (role.isEmpty()) {
            return new RoleFacts(Map.of(), List.of());
        }
        return roles.in(cluster, role.get(), places(request, record, entry));
    }

    @Override
    public ObservedObject look(GrantRequest request, GrantRecord record, GrantObject object) {
        return seen.look(request, record, object);
    }
}
