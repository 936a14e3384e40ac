package dev.lapse.credential;

import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Type Mint: whoever asked creates tokens of the grant's own account, and the operator issues none. */
public final class MintCredential implements CredentialIssuer {
    /** The name of the Role, and of its binding, that let the requester create tokens. */
    public static String roleName(String name) {
        return name + Lapse.MINT_SUFFIX;
    }

    @Override
    public Optional<String> impossible(Holder holder) {
        return holder.principal() == PrincipalType.Subject
                ? Optional.of("credential type Mint is for an account that dies with the grant, and entry "
                        + holder.entry()
                        + " has principal Subject: ask for Token, or let the entry name principal Dedicated")
                : Optional.empty();
    }

    @Override
    public List<GrantObject> objects(String namespace, String name) {
        return List.of(
                CredentialIssuer.announced(ObjectKind.Role, Lapse.PRINCIPALS_NAMESPACE, roleName(name)),
                CredentialIssuer.announced(ObjectKind.RoleBinding, Lapse.PRINCIPALS_NAMESPACE, roleName(name)));
    }

    @Override
    public Optional<CredentialDelivery> delivery() {
        return Optional.empty();
    }

    /** What a requester mints lives for ten minutes, of which Lapse knows nothing. */
    @Override
    public Optional<Dies> dies() {
        return Optional.of(Dies.ByOperator);
    }

    /** Of how many tokens, and when, only the audit log knows. */
    @Override
    public Optional<Instant> deadAt(List<String> audiences, List<IssuedCredential> issued, Instant gone) {
        return Optional.of(gone.plus(TokenSchedule.CACHE));
    }
}
