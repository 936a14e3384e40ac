package dev.lapse.grant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lapse.access.Entitlement;
import dev.lapse.access.OperatorBounds;
import dev.lapse.access.Rule;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.condition.Reason;
import dev.lapse.grant.GrantFacts.NamespaceState;
import dev.lapse.guard.GuardParameters.ApplierLimit;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.GivenIdentity;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.Profile;
import dev.lapse.identity.RoleFacts;
import dev.lapse.identity.SubjectFacts;
import dev.lapse.identity.Vouching;
import dev.lapse.identity.WaiverFacts;
import dev.lapse.memory.Recollection;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A grant and what surrounds it, all in order until a test changes something. */
public final class Scene {
    public static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");
    public static final String GRANT_UID = "7d1c0a52-0c3e-4a9e-9d62-0f5f1f6b1c11";
    public static final String OBJECT_NAME = "lapse-" + GRANT_UID;
    public static final GuardState GUARD =
            GuardState.ready("epoch-1", NOW.minus(Duration.ofDays(1)), Duration.ofSeconds(30));

    private static final ObjectMapper YAML = new YAMLMapper();
    private static final KubernetesSerialization OBJECTS = new KubernetesSerialization();

    private final ObjectNode grant;
    private final ObjectNode identity;
    private boolean identityThere = true;
    private Profile profile = new Profile(Duration.ofHours(8), 0, PrincipalType.Dedicated, false);
    private SubjectFacts subject = new SubjectFacts(
            "system:serviceaccount:payments:ci",
            Optional.of("ci"),
            Optional.of("subject-uid"),
            false,
            false,
            Optional.empty(),
            true);
    private final Map<String, NamespaceState> namespaces = new TreeMap<>();
    private final Set<String> recreated = new TreeSet<>();
    private Optional<RoleFacts> role = Optional.empty();
    private List<Rule> rules = List.of(rule("get", "", "pods"));
    private GuardState guard = GUARD;
    private Optional<String> clockProblem = Optional.empty();
    private boolean entryProved = true;
    private Optional<ApplierLimit> limit = Optional.empty();
    private OperatorBounds bounds = new OperatorBounds("lapse", Set.of(), true);
    private Optional<Vouching> vouching = Optional.empty();
    private Optional<Entitlement.Outcome> entitlement = Optional.of(new Entitlement.Entitled());
    private @Nullable PrivilegeGrantStatus status;
    private List<ObservedObject> objects = List.of();
    private Optional<DutyFinding> duties = Optional.of(DutyFinding.NOTHING_DECLARED);
    private List<WaiverFacts> waivers = List.of();
    private Recollection memory = Recollection.nothing("payments");
    private Crowd crowd = Crowd.NOBODY;

    private Scene() {
        grant = parse("""
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata:
                  name: g1
                  namespace: payments
                  uid: %s
                  generation: 1
                  creationTimestamp: %s
                  finalizers: [lapse.dev/revoke-first]
                spec:
                  identityRef: {name: ci}
                  privilege: look
                  duration: 1h
                  reason: a test
                  requestedBy: olivia
                """.formatted(GRANT_UID, NOW));
        identity = parse("""
                apiVersion: lapse.dev/v1alpha1
                kind: ServiceIdentity
                metadata:
                  name: ci
                  namespace: payments
                  uid: identity-uid
                  generation: 1
                  creationTimestamp: 2026-11-01T12:00:00Z
                spec:
                  actorType: Pipeline
                  subject: {serviceAccount: {name: ci}}
                  owner: {user: olivia}
                  eligible:
                    - name: look
                      role: {kind: ClusterRole, name: view}
                      namespaces: [payments]
                      entitledBy: ada
                """);
    }

    public static Scene inOrder() {
        return new Scene();
    }

    public static Rule rule(String verb, String group, String resource) {
        return new Rule(List.of(group), List.of(resource), List.of(verb), List.of(), List.of());
    }

    /** As it is read where a role is too large. */
    public static Rule tooLargeToJudge() {
        return new Rule(List.of(Lapse.TOO_LARGE), List.of(), List.of(), List.of(), List.of());
    }

    /** Sets a field of the grant's spec, written as YAML; an empty value removes it. */
    public Scene grant(String field, String yaml) {
        return set((ObjectNode) grant.get("spec"), field, yaml);
    }

    public Scene grantMetadata(String field, String yaml) {
        return set((ObjectNode) grant.get("metadata"), field, yaml);
    }

    public Scene identity(String field, String yaml) {
        return set((ObjectNode) identity.get("spec"), field, yaml);
    }

    public Scene identityMetadata(String field, String yaml) {
        return set((ObjectNode) identity.get("metadata"), field, yaml);
    }

    /** Sets a field of the one eligible entry. */
    public Scene entry(String field, String yaml) {
        return set((ObjectNode) identity.at("/spec/eligible/0"), field, yaml);
    }

    Scene notHeld() {
        return grantMetadata("finalizers", "");
    }

    public Scene withoutIdentity() {
        identityThere = false;
        return this;
    }

    public Scene profile(Profile other) {
        profile = other;
        return this;
    }

    public Scene subject(SubjectFacts other) {
        subject = other;
        return this;
    }

    public Scene subjectUid(@Nullable String uid) {
        return subject(new SubjectFacts(
                subject.userName(),
                subject.serviceAccount(),
                Optional.ofNullable(uid),
                false,
                false,
                subject.claimedBy(),
                subject.allowed()));
    }

    public Scene bounds(boolean clusterWide, String... protectedNamespaces) {
        bounds = new OperatorBounds("lapse", Set.of(protectedNamespaces), clusterWide);
        return this;
    }

    /** A namespace was deleted and created again under its name. */
    public Scene recreated(String name) {
        recreated.add(name);
        return this;
    }

    public Scene namespace(String name, NamespaceState state) {
        namespaces.put(name, state);
        return this;
    }

    /** Where nothing is said, the entry's role is found with {@code rules} wherever it has to be. */
    public Scene role(RoleFacts found) {
        role = Optional.of(found);
        return this;
    }

    public Scene rules(Rule... found) {
        rules = List.of(found);
        return this;
    }

    public Scene withoutRole() {
        return role(new RoleFacts(Map.of(), List.of("")));
    }

    public Scene clockProblem(String problem) {
        clockProblem = Optional.of(problem);
        return this;
    }

    public Scene guard(GuardState other) {
        guard = other;
        return this;
    }

    public Scene entryUnproved() {
        entryProved = false;
        return this;
    }

    /** As the identity's status says it of its entry as it is written. */
    public Scene judged(Reason reason) {
        String hash = identityFacts().orElseThrow().entries().get(0).contentHash();
        identity.set(
                "status",
                value("{entries: [{name: look, hash: " + hash + ", nameProved: true, state: Refused, reason: " + reason
                        + ", message: a test}]}"));
        return this;
    }

    public Scene vouching(Vouching said) {
        vouching = Optional.of(said);
        return this;
    }

    public Scene limit(ApplierLimit other) {
        limit = Optional.of(other);
        return this;
    }

    public Scene entitlement(Entitlement.@Nullable Outcome outcome) {
        entitlement = Optional.ofNullable(outcome);
        return this;
    }

    public Scene status(@Nullable PrivilegeGrantStatus recorded) {
        status = recorded;
        return this;
    }

    Scene objects(List<ObservedObject> seen) {
        objects = List.copyOf(seen);
        return this;
    }

    public Scene duties(@Nullable DutyFinding found) {
        duties = Optional.ofNullable(found);
        return this;
    }

    /** What approvers are shown; {@code yaml} is a list of spec.waivers. */
    public Scene waivers(String yaml) {
        identity("waivers", yaml);
        waivers = identityFacts().orElseThrow().waivers();
        return this;
    }

    Scene memory(Recollection remembered) {
        memory = remembered;
        return this;
    }

    public Scene crowd(int ofIdentity, int inNamespace, Crowd.Limits limits) {
        crowd = new Crowd(ofIdentity, inNamespace, limits);
        return this;
    }

    /** As an applier writes it, until {@code notAfter}. */
    Scene claimed(Instant notAfter) {
        return grant("requestedByVia", "argo").grant("notAfter", notAfter.toString());
    }

    /** The grant is one that takes the privilege without approval, from an entry that allows it. */
    Scene breakGlass() {
        return entry("approvals", "{required: 2}")
                .entry("breakGlass", "{maxDuration: 2h, maxTotal: 3h}")
                .grant("breakGlass", "{incident: INC-1}");
    }

    public PrivilegeGrant grantResource() {
        PrivilegeGrant resource = OBJECTS.convertValue(grant, PrivilegeGrant.class);
        resource.setStatus(status);
        return resource;
    }

    public GrantRequest request() {
        return GrantRequest.of(grantResource());
    }

    public Optional<IdentityFacts> identityFacts() {
        ServiceIdentity resource = OBJECTS.convertValue(identity, ServiceIdentity.class);
        return identityThere ? Optional.of(GivenIdentity.of(resource, profile, subject)) : Optional.empty();
    }

    /** As {@link KubernetesGrantObserver} would gather them. */
    public GrantFacts facts() {
        GrantRequest request = request();
        GrantRecord record = GrantRecord.of(status);
        Optional<IdentityFacts> known = identityFacts();
        List<String> places = record.resolved()
                .map(PrivilegeGrantStatus.Resolved::namespaces)
                .or(() -> known.flatMap(found -> found.entry(request.privilege()))
                        .map(entry -> GrantPlan.namespaces(request, entry)))
                .orElse(List.of());
        return GrantFactsBuilder.stagedBuilder()
                .request(request)
                .record(record)
                .identity(known)
                .namespaces(namespaces(request, places))
                .role(role.orElseGet(() -> found(known, request, places)))
                .guard(guard)
                .entryNameProved(entryProved)
                .applierLimit(limit)
                .bounds(bounds)
                .vouching(vouching)
                .objects(objects)
                .entitlement(entitlement)
                .verification(Optional.empty())
                .token(Optional.empty())
                .bindingsGoneAt(Optional.empty())
                .consent(Optional.empty())
                .duties(duties)
                .waivers(waivers)
                .memory(memory)
                .crowd(crowd)
                .upToDate(Optional.empty())
                .clockProblem(clockProblem)
                .build();
    }

    private Map<String, SeenNamespace> namespaces(GrantRequest request, List<String> places) {
        List<String> names = new ArrayList<>(places);
        names.add(request.namespace());
        Map<String, SeenNamespace> states = new TreeMap<>();
        names.forEach(name -> states.put(
                name,
                new SeenNamespace(
                        namespaces.getOrDefault(name, NamespaceState.Live),
                        "uid-of-" + name + (recreated.contains(name) ? "-again" : ""))));
        return states;
    }

    private RoleFacts found(Optional<IdentityFacts> known, GrantRequest request, List<String> places) {
        boolean everywhere = known.flatMap(found -> found.entry(request.privilege()))
                .map(entry -> entry.role().kind().name().equals("ClusterRole"))
                .orElse(true);
        List<String> wanted = everywhere ? List.of("") : places;
        Map<String, RoleFacts.Seen> seen = new TreeMap<>();
        wanted.forEach(place -> seen.put(place, new RoleFacts.Seen("role-uid" + place, rules)));
        return new RoleFacts(seen, wanted);
    }

    private Scene set(ObjectNode node, String field, String yaml) {
        if (yaml.isEmpty()) {
            node.remove(field);
        } else {
            node.set(field, value(yaml));
        }
        return this;
    }

    private static ObjectNode parse(String yaml) {
        return (ObjectNode) value(yaml);
    }

    private static JsonNode value(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (IOException wrong) {
            throw new UncheckedIOException(wrong);
        }
    }
}
