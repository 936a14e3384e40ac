package dev.lapse.grant;

import dev.lapse.access.ContentHash;
import dev.lapse.api.v1alpha1.AccountName;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatusResolvedBuilder;
import dev.lapse.credential.CredentialIssuer;
import dev.lapse.credential.MintCredential;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a request means at the moment of its activation: which objects, for whom, until when. */
public final class GrantPlan {
    private GrantPlan() {}

    /** Where the role is bound; empty means the whole cluster. */
    public static List<String> namespaces(GrantRequest request, EntryFacts entry) {
        return request.namespaces().isEmpty() ? entry.namespaces() : request.namespaces();
    }

    /** The name of every object of a grant: nobody can guess it before the grant exists, and a second try finds it again. */
    public static String objectName(String grantUid) {
        return Lapse.NAME_PREFIX + grantUid;
    }

    /** Where a client that is told nothing else looks. */
    static String kubeconfigNamespace(GrantFacts facts) {
        List<String> namespaces = facts.record().resolved().orElseThrow().namespaces();
        return namespaces.isEmpty() ? facts.request().namespace() : namespaces.get(0);
    }

    /** The grant that an object of this name is made for; nothing if the name is none of ours. */
    static Optional<String> grantUid(String objectName) {
        return objectName.startsWith(Lapse.NAME_PREFIX)
                ? Optional.of(
                        objectName.substring(Lapse.NAME_PREFIX.length()).replaceFirst(Lapse.MINT_SUFFIX + "$", ""))
                : Optional.empty();
    }

    /** The name of the Role, and of its binding, that let the requester create tokens of the grant's account. */
    public static String mintName(String grantUid) {
        return MintCredential.roleName(objectName(grantUid));
    }

    /** Whether {@code object} is about creating tokens, rather than about what they are good for. */
    public static boolean isForMinting(GrantObject object, String grantUid) {
        return Lapse.PRINCIPALS_NAMESPACE.equals(object.namespace())
                && object.name().equals(mintName(grantUid));
    }

    static String principalName(GrantRequest request, IdentityFacts identity, EntryFacts entry) {
        return entry.principal() == PrincipalType.Subject
                ? identity.subject().userName()
                : new AccountName(Lapse.PRINCIPALS_NAMESPACE, objectName(request.uid())).userName();
    }

    /** The identity's own account, if what the operator issues is to be one of its. */
    public static Optional<String> accountToIssueFor(GrantFacts facts, EntryFacts entry) {
        boolean itsOwn = facts.request().issuer().delivery().isPresent() && entry.principal() == PrincipalType.Subject;
        return facts.identity()
                .filter(identity -> itsOwn)
                .flatMap(identity -> identity.subject().serviceAccount());
    }

    /** The earliest of what was asked for, notAfter and the identity's own end. */
    public static Instant expiresAt(GrantFacts facts, Instant now) {
        Instant end = now.plus(facts.request().duration());
        for (Instant other : facts.request().notAfter().stream().toList()) {
            end = other.isBefore(end) ? other : end;
        }
        for (Instant other :
                facts.identity().flatMap(IdentityFacts::validUntil).stream().toList()) {
            end = other.isBefore(end) ? other : end;
        }
        return end.truncatedTo(ChronoUnit.SECONDS);
    }

    public static Resolved resolve(GrantFacts facts, IdentityFacts identity, EntryFacts entry) {
        GrantRequest request = facts.request();
        List<String> namespaces = namespaces(request, entry);
        List<String> namespaceUids = namespaces.stream()
                .map(name -> facts.namespaces()
                        .getOrDefault(name, SeenNamespace.ABSENT)
                        .uid())
                .toList();
        String role = entry.role().text();
        String principal = principalName(request, identity, entry);
        Duration duration = request.duration();
        String hash = ContentHash.of(
                identity.uid(),
                identity.subject().uid().orElse(""),
                role,
                String.join(",", facts.role().uids()),
                facts.role().hash(),
                String.join(",", namespaces),
                String.join(",", namespaceUids),
                principal,
                entry.reachHash(),
                Durations.format(duration));
        return PrivilegeGrantStatusResolvedBuilder.stagedBuilder()
                .identityUID(identity.uid())
                .subjectUID(identity.subject().uid().orElse(null))
                .role(role)
                .roleUIDs(facts.role().uids())
                .rulesHash(facts.role().hash())
                .risks(facts.role().risks())
                .namespaces(namespaces)
                .namespaceUIDs(namespaceUids)
                .principal(entry.principal())
                .principalName(principal)
                .entryHash(entry.reachHash())
                .duration(Durations.format(duration))
                .hash(hash)
                .build();
    }

    /** Everything that will be made, in the order in which it is made: access comes last. */
    static List<GrantObject> objects(GrantRequest request, EntryFacts entry) {
        List<GrantObject> objects = new ArrayList<>();
        String name = objectName(request.uid());
        if (entry.principal() == PrincipalType.Dedicated) {
            objects.add(CredentialIssuer.announced(ObjectKind.ServiceAccount, Lapse.PRINCIPALS_NAMESPACE, name));
        }
        objects.addAll(request.issuer().objects(request.namespace(), name));
        if (entry.clusterWide()) {
            objects.add(new GrantObject(ObjectKind.ClusterRoleBinding, null, name, null, ObjectState.Creating));
        } else {
            namespaces(request, entry)
                    .forEach(namespace ->
                            objects.add(CredentialIssuer.announced(ObjectKind.RoleBinding, namespace, name)));
        }
        return List.copyOf(objects);
    }
}
