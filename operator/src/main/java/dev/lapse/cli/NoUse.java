package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import java.util.Optional;

/** Nothing is handed out: the account has a credential already. */
final class NoUse implements CredentialUse {
    private static final String NOTHING = "--credential None is no credential to hand out: take Mint or Token";

    @Override
    public String told(PrivilegeGrant grant) {
        return "use it with the credential that the account has";
    }

    @Override
    public boolean isDelivered() {
        return false;
    }

    @Override
    public Optional<String> notForCaller(KubernetesSession session) {
        return Optional.of(NOTHING);
    }

    @Override
    public ExecCredential handedOut(String version, KubernetesSession session, PrivilegeGrant active) {
        throw Failure.because(NOTHING);
    }
}
