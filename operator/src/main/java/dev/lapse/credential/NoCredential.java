package dev.lapse.credential;

import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Type None: the binding only, for an account that has a credential already. */
final class NoCredential implements CredentialIssuer {
    @Override
    public Optional<String> impossible(Holder holder) {
        return holder.principal() == PrincipalType.Dedicated
                ? Optional.of(
                        "credential type None leaves nobody able to use a Dedicated principal: ask for Token or Mint")
                : Optional.empty();
    }

    @Override
    public List<GrantObject> objects(String namespace, String name) {
        return List.of();
    }

    @Override
    public Optional<CredentialDelivery> delivery() {
        return Optional.empty();
    }

    @Override
    public Optional<Dies> dies() {
        return Optional.empty();
    }

    @Override
    public Optional<Instant> deadAt(List<String> audiences, List<IssuedCredential> issued, Instant gone) {
        return Optional.empty();
    }
}
