package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import java.util.Optional;

/** What a person, or a program of theirs, does with an active grant, as its credential type says. */
interface CredentialUse {
    /** The one place where it is chosen: a type without one does not compile. */
    static CredentialUse of(CredentialType type) {
        return switch (type) {
            case Token -> new TokenUse();
            case Mint -> new MintUse();
            case None -> new NoUse();
        };
    }

    static CredentialUse of(PrivilegeGrant grant) {
        return of(grant.getSpec().credentialType());
    }

    /** The command for it. */
    String told(PrivilegeGrant grant);

    /** Whether there is a Secret with it while the grant is active. */
    boolean isDelivered();

    /** Why it could not be handed out to the caller; empty if it could. */
    Optional<String> notForCaller(KubernetesSession session);

    /** @param version of ExecCredential that whoever asks understands */
    ExecCredential handedOut(String version, KubernetesSession session, PrivilegeGrant active);
}
