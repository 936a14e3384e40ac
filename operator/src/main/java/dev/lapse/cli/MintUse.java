package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AssuredName;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whoever asked creates tokens of the grant's account, and nobody else may. */
final class MintUse implements CredentialUse {
    /** The guard lets nobody mint for longer, and no API server for less. */
    private static final Duration MINTED_FOR = Duration.ofMinutes(10);

    @Override
    public String told(PrivilegeGrant grant) {
        return AssuredName.of(grant.getSpec().requestedBy(), grant.getSpec().requestedByVia(), true)
                + " alone uses it: kubectl create token " + NextStep.secret(grant) + " -n "
                + Lapse.PRINCIPALS_NAMESPACE + " --duration 10m";
    }

    @Override
    public boolean isDelivered() {
        return false;
    }

    @Override
    public Optional<String> notForCaller(KubernetesSession session) {
        return Optional.empty();
    }

    @Override
    public ExecCredential handedOut(String version, KubernetesSession session, PrivilegeGrant active) {
        TokenRequestStatus minted = session.mint(Lapse.PRINCIPALS_NAMESPACE, NextStep.secret(active), MINTED_FOR);
        return new ExecCredential(
                version,
                minted.getToken(),
                ExecCredential.earlier(
                        Optional.of(Instant.parse(minted.getExpirationTimestamp())),
                        Optional.ofNullable(active.getStatus().expiresAt())));
    }
}
