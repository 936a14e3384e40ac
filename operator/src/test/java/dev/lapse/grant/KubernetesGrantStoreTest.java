package dev.lapse.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.cluster.HeapFull;
import dev.lapse.cluster.HeapRoom;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KubernetesGrantStoreTest {
    private final KubernetesSerialization json = new KubernetesSerialization(new ObjectMapper(), true);
    private final KubernetesPacking packing = new KubernetesPacking(json);
    private long used;
    private final KubernetesGrantStore store =
            new KubernetesGrantStore(packing, new HeapRoom(() -> used, 100, () -> {}));

    @Test
    void anOpenGrantIsKeptAsItIs() {
        PrivilegeGrant grant = grant("look", "Active");

        assertThat(store.put("shop/look", grant)).isNull();

        assertThat(store.get("shop/look")).isSameAs(grant);
        assertThat(store.values()).containsExactly(grant);
    }

    @Test
    void anEndedGrantIsFoundWhole() {
        PrivilegeGrant grant = grant("look", "Expired");
        store.put("shop/look", grant);

        PrivilegeGrant found = store.get("shop/look");

        assertThat(found).isNotSameAs(grant);
        assertThat(json.asJson(found)).isEqualTo(json.asJson(grant));
    }

    @Test
    void inAWalkOverAllOfThemAnEndedGrantIsAnOutline() {
        store.put("shop/look", grant("look", "Expired"));

        PrivilegeGrant outline = store.values().findFirst().orElseThrow();

        assertThat(store.getKey(outline)).isEqualTo("shop/look");
        assertThat(outline.getMetadata().getResourceVersion()).isEqualTo("4711");
        assertThat(GrantGlance.phase(outline)).isEqualTo(GrantPhase.Expired);
        assertThat(outline.getSpec().identityRef().name()).isEqualTo("ci");
    }

    @Test
    void whatWasThereBeforeIsAnsweredWhole() {
        PrivilegeGrant active = grant("look", "Active");
        PrivilegeGrant ended = grant("look", "Revoked");
        store.put("shop/look", active);

        assertThat(store.put("shop/look", ended)).isSameAs(active);
        assertThat(json.asJson(store.remove("shop/look"))).isEqualTo(json.asJson(ended));
        assertThat(store.get("shop/look")).isNull();
        assertThat(store.size()).isZero();
    }

    @Test
    void anEndedGrantTakesLessThanAThousandBytes() {
        assertThat(packing.pack(grant("look", "Expired")).bytes()).isLessThan(1_000);
    }

    @Test
    void nothingIsTakenOnceTheHeapIsFull() {
        used = 90;

        assertThatThrownBy(() -> store.put("shop/look", grant("look", "Active")))
                .isInstanceOf(HeapFull.class);

        assertThat(store.size()).isZero();
    }

    /** As large as one with a token and a binding in each of two namespaces. */
    private PrivilegeGrant grant(String name, String phase) {
        String yaml = """
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata:
                  name: %1$s
                  namespace: shop
                  uid: %3$s
                  resourceVersion: "4711"
                  generation: 1
                  creationTimestamp: "2026-11-27T09:12:31Z"
                spec:
                  identityRef: {name: ci}
                  privilege: deploy
                  duration: 30m
                  reason: INC-4711, the checkout does not answer
                  requestedBy: rashid@example.com
                  requestedByAs: [payments-dev]
                  revoked: false
                status:
                  observedGeneration: 1
                  phase: %2$s
                  proof: {generation: 1, epoch: %4$s, at: "2026-11-27T09:12:31Z"}
                  review: %1$s-0123456789
                  resolved:
                    identityUID: %5$s
                    subjectUID: %6$s
                    role: ClusterRole/view
                    roleUIDs: [%7$s]
                    rulesHash: 1f0e4dad6bc0c10e8a4d5ac1b2b9d4f7
                    risks: []
                    namespaces: [shop, shop-db]
                    principal: Dedicated
                    principalName: system:serviceaccount:lapse-principals:lapse-%3$s
                    entryHash: 9c1185a5c5e9fc54612808977ee8f548
                    duration: 30m
                  activatedAt: "2026-11-27T09:12:32.123456Z"
                  expiresAt: "2026-11-27T09:42:32Z"
                  objects:
                    - {kind: ServiceAccount, namespace: lapse-principals, name: lapse-%3$s, uid: %8$s, state: Gone}
                    - {kind: RoleBinding, namespace: shop, name: lapse-%3$s, uid: %9$s, state: Gone}
                    - {kind: RoleBinding, namespace: shop-db, name: lapse-%3$s, uid: %10$s, state: Gone}
                  credentials: []
                  history: []
                  seal: 6e0f2f0d9bd9f1a3b6f1d9a8e3f7c5b26e0f2f0d9bd9f1a3b6f1d9a8e3f7c5b2
                  conditions:
                    - {type: Ready, status: "True", reason: %2$s, message: it ended on time, lastTransitionTime: "2026-11-27T09:42:32Z", observedGeneration: 1}
                    - {type: Active, status: "False", reason: %2$s, message: it ended on time, lastTransitionTime: "2026-11-27T09:42:32Z", observedGeneration: 1}
                    - {type: AccessRemoved, status: "True", reason: Verified, message: access was gone 12 ms after it was due, lastTransitionTime: "2026-11-27T09:42:33Z", observedGeneration: 1}
                """.formatted(name, phase, uid(), uid(), uid(), uid(), uid(), uid(), uid(), uid());
        return json.unmarshal(yaml, PrivilegeGrant.class);
    }

    private static String uid() {
        return UUID.randomUUID().toString();
    }
}
