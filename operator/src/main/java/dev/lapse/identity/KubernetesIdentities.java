package dev.lapse.identity;

import dev.lapse.api.v1alpha1.AccountName;
import dev.lapse.api.v1alpha1.ActorType;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentitySpec;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.OwnerSource;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.guard.FirstLook;
import dev.lapse.guard.Seal;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every identity of the cluster as facts, read from the informers. */
public final class KubernetesIdentities {
    private static final String BY_SUBJECT = "subject";

    /** If two identities name the same account, the older one keeps it. */
    private static final Comparator<ServiceIdentity> AGE = Comparator.comparing(
                    (ServiceIdentity identity) -> identity.getMetadata().getCreationTimestamp())
            .thenComparing(identity -> identity.getMetadata().getUid());

    private final KubernetesCluster cluster;
    private final StatusSeal seal;
    private final Map<ActorType, Profile> profiles;
    private final Map<String, Set<String>> subjectUsers;
    private volatile @Nullable IndexerResourceCache<ServiceIdentity> cache;

    /** @param subjectUsers namespace to the user names that an identity there may name as its subject */
    public KubernetesIdentities(
            KubernetesCluster cluster,
            Seal seal,
            Map<ActorType, Profile> profiles,
            Map<String, Set<String>> subjectUsers) {
        this.seal = new StatusSeal(seal);
        this.cluster = cluster;
        this.profiles = profiles;
        this.subjectUsers = subjectUsers;
    }

    void connect(IndexerResourceCache<ServiceIdentity> identities) {
        identities.addIndexer(BY_SUBJECT, identity -> List.of(userName(identity)));
        cache = identities;
    }

    public Optional<IdentityFacts> find(String namespace, String name) {
        return cache().get(new ResourceID(name, namespace)).map(this::facts);
    }

    public Optional<ServiceIdentity> resource(String namespace, String name) {
        return cache().get(new ResourceID(name, namespace));
    }

    public Stream<ServiceIdentity> all() {
        IndexerResourceCache<ServiceIdentity> connected = cache;
        return connected == null ? Stream.empty() : connected.list();
    }

    /** Those in which people write entries. */
    public Stream<FirstLook.Named> named() {
        // The list follows the watch, which is behind what the operator itself wrote.
        return all().map(listed -> resource(
                                listed.getMetadata().getNamespace(),
                                listed.getMetadata().getName())
                        .orElse(listed))
                .filter(identity -> identity.getMetadata().getDeletionTimestamp() == null)
                .map(identity -> new FirstLook.Named(
                        Instant.parse(identity.getMetadata().getCreationTimestamp()),
                        Optional.ofNullable(identity.getStatus())
                                .filter(status ->
                                        seal.isOn(status, identity.getMetadata().getUid()))
                                .map(ServiceIdentityStatus::proof)));
    }

    ServiceIdentityStatus sealed(ServiceIdentityStatus status, String uid) {
        return seal.on(status, uid);
    }

    public IdentityFacts facts(ServiceIdentity identity) {
        Profile profile = Objects.requireNonNull(
                profiles.get(identity.getSpec().actorType()), "there is a profile for every actor type");
        ServiceIdentityStatus status = identity.getStatus();
        boolean ours =
                status != null && seal.isOn(status, identity.getMetadata().getUid());
        return IdentityFacts.of(identity, ours ? status : null, profile, subject(identity));
    }

    /** The identities that name the same account as this one. */
    List<ServiceIdentity> rivals(ServiceIdentity identity) {
        return sharing(userName(identity));
    }

    /** The identities whose subject is this user. */
    public List<ServiceIdentity> sharing(String userName) {
        return cache().byIndex(BY_SUBJECT, userName);
    }

    /**
     * The owner of the identity whose subject this account is. For approvals the account counts as its owner. Empty
     * for people, whom no identity may name, and for accounts that no identity names.
     */
    public Optional<String> personBehind(String userName) {
        IndexerResourceCache<ServiceIdentity> connected = cache;
        return connected == null
                ? Optional.empty()
                : connected.byIndex(BY_SUBJECT, userName).stream()
                        .filter(this::mayName)
                        .min(AGE)
                        .flatMap(identity -> facts(identity).owner())
                        // A team and a person could have the same name, so a team's name gets a prefix.
                        .map(owner -> owner.source() == OwnerSource.Team ? "team " + owner.name() : owner.name());
    }

    private SubjectFacts subject(ServiceIdentity identity) {
        String namespace = identity.getMetadata().getNamespace();
        String userName = userName(identity);
        ServiceIdentitySpec.ServiceAccountSubject account =
                identity.getSpec().subject().serviceAccount();
        Optional<ServiceAccount> found = account == null
                ? Optional.empty()
                : cluster.accounts()
                        .find(namespace, account.name())
                        .filter(seen -> seen.getMetadata().getDeletionTimestamp() == null);
        return new SubjectFacts(
                userName,
                Optional.ofNullable(account).map(ServiceIdentitySpec.ServiceAccountSubject::name),
                found.map(seen -> seen.getMetadata().getUid()),
                account != null && account.create(),
                found.filter(seen -> identity.getMetadata()
                                .getUid()
                                .equals(seen.getMetadata().getLabels().get(Lapse.IDENTITY_UID_LABEL)))
                        .isPresent(),
                older(identity, userName),
                mayName(identity));
    }

    /** The author of an identity could name any user. So a user name counts only if settings allow it there. */
    private boolean mayName(ServiceIdentity identity) {
        return identity.getSpec().subject().serviceAccount() != null
                || subjectUsers
                        .getOrDefault(identity.getMetadata().getNamespace(), Set.of())
                        .contains(userName(identity));
    }

    private Optional<String> older(ServiceIdentity identity, String userName) {
        return sharing(userName).stream()
                .filter(this::mayName)
                .min(AGE)
                .filter(oldest -> !oldest.getMetadata()
                        .getUid()
                        .equals(identity.getMetadata().getUid()))
                .map(oldest -> oldest.getMetadata().getNamespace() + "/"
                        + oldest.getMetadata().getName());
    }

    private static String userName(ServiceIdentity identity) {
        ServiceIdentitySpec.Subject subject = identity.getSpec().subject();
        return subject.serviceAccount() == null
                ? String.valueOf(subject.user())
                : new AccountName(
                                identity.getMetadata().getNamespace(),
                                subject.serviceAccount().name())
                        .userName();
    }

    private IndexerResourceCache<ServiceIdentity> cache() {
        IndexerResourceCache<ServiceIdentity> connected = cache;
        if (connected == null) {
            throw new IllegalStateException("the informer of ServiceIdentities is not connected");
        }
        return connected;
    }
}
