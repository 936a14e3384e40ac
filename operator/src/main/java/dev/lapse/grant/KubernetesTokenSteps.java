package dev.lapse.grant;

import static dev.lapse.cluster.KubernetesFailure.CONFLICT;
import static dev.lapse.cluster.KubernetesFailure.NOT_FOUND;

import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.credential.CredentialDelivery;
import dev.lapse.credential.CredentialDelivery.Parcel;
import dev.lapse.credential.CredentialEffects;
import dev.lapse.credential.CredentialWish;
import dev.lapse.credential.MintedToken;
import dev.lapse.grant.begin.KubernetesGrantObjects;
import dev.lapse.grant.tell.GrantJournal;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Issues a grant's token and puts it into its Secret. */
final class KubernetesTokenSteps {
    private final CredentialEffects credentials;
    private final KubernetesGrantObjects objects;
    private final GrantJournal journal;

    KubernetesTokenSteps(CredentialEffects credentials, KubernetesGrantObjects objects, GrantJournal journal) {
        this.credentials = credentials;
        this.objects = objects;
        this.journal = journal;
    }

    GrantFacts issue(GrantFacts facts, Duration lifetime, Instant now) {
        Resolved resolved = facts.record().resolved().orElseThrow();
        Optional<CredentialWish.Bound> bound = Optional.empty();
        String namespace = Lapse.PRINCIPALS_NAMESPACE;
        String account = GrantPlan.objectName(facts.request().uid());
        if (resolved.principal() == PrincipalType.Subject) {
            GrantObject secret = facts.record().secret().orElseThrow();
            bound = Optional.of(new CredentialWish.Bound(secret.name(), String.valueOf(secret.uid())));
            namespace = facts.request().namespace();
            account = facts.identity()
                    .flatMap(identity -> identity.subject().serviceAccount())
                    .orElseThrow();
        }
        try {
            MintedToken token = delivery(facts)
                    .issue(
                            credentials,
                            new CredentialWish(
                                    namespace, account, bound, facts.request().audiences(), lifetime),
                            now);
            journal.issued(facts);
            return facts.issued(token);
        } catch (KubernetesClientException failed) {
            // The Secret was deleted by somebody (404), or another one has its name (409).
            if (bound.isPresent() && (failed.getCode() == NOT_FOUND || failed.getCode() == CONFLICT)) {
                return facts.secretGone(facts.record().secret().orElseThrow());
            }
            throw failed;
        }
    }

    GrantFacts deliver(GrantFacts facts, GrantObject secret) {
        Map<String, String> content = delivery(facts)
                .content(
                        credentials,
                        facts.token().orElseThrow(),
                        new Parcel(
                                facts.request().namespace(),
                                GrantPlan.kubeconfigNamespace(facts),
                                facts.request().audiences(),
                                facts.request().encryptTo()));
        try {
            return objects.deliver(facts.request(), secret, content)
                    .map(uid -> facts.delivered(secret, uid))
                    .orElseGet(() -> facts.taken(secret));
        } catch (KubernetesClientException failed) {
            // Whoever may delete the delivered Secret may do so at any time.
            if (failed.getCode() == NOT_FOUND && secret.uid() != null) {
                return facts.secretGone(secret);
            }
            throw failed;
        }
    }

    private static CredentialDelivery delivery(GrantFacts facts) {
        return facts.request().issuer().delivery().orElseThrow();
    }
}
