package dev.lapse.identity;

import static dev.lapse.cluster.KubernetesFailure.CONFLICT;

import dev.lapse.api.v1alpha1.IdentityState;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.cluster.KubernetesWrites;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;

/** Makes and deletes the account of an identity that asks for one. */
final class KubernetesSubjects {
    private final KubernetesClient client;
    private final KubernetesCluster cluster;
    private final KubernetesWrites writes;

    KubernetesSubjects(KubernetesClient client, KubernetesCluster cluster, KubernetesWrites writes) {
        this.client = client;
        this.cluster = cluster;
        this.writes = writes;
    }

    /** Creates the account that was asked for, or deletes the one Lapse made for an identity that has retired. */
    boolean settle(IdentityFacts facts, List<String> active) {
        SubjectFacts subject = facts.subject();
        if (subject.serviceAccount().isEmpty() || subject.claimedBy().isPresent()) {
            return false;
        }
        String name = subject.serviceAccount().get();
        if (facts.state() == IdentityState.Active
                && subject.create()
                && subject.uid().isEmpty()) {
            return create(facts, name);
        }
        if (facts.state() == IdentityState.Retired && subject.madeByLapse() && active.isEmpty()) {
            String uid = subject.uid().orElseThrow();
            writes.delete("/api/v1/namespaces/" + facts.namespace() + "/serviceaccounts/" + name, uid);
            cluster.accounts().deleted(uid);
            return true;
        }
        return false;
    }

    private boolean create(IdentityFacts facts, String name) {
        ServiceAccount account = new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(facts.namespace())
                .addToLabels(Lapse.IDENTITY_UID_LABEL, facts.uid())
                .endMetadata()
                .build();
        try {
            cluster.accounts().created(client.resource(account).create());
            return true;
        } catch (KubernetesClientException failed) {
            if (failed.getCode() == CONFLICT) {
                // The account was made by somebody else, so it is not Lapse's. The informer will bring it.
                return false;
            }
            throw failed;
        }
    }
}
