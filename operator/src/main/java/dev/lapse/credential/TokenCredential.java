package dev.lapse.credential;

import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Type Token: a ServiceAccount token, delivered in a Secret and renewed while the grant lasts. */
final class TokenCredential implements CredentialIssuer, CredentialDelivery {
    @Override
    public Optional<String> impossible(Holder holder) {
        return holder.principal() == PrincipalType.Subject && !holder.serviceAccount()
                ? Optional.of("no token can be issued for a user name: ask for credential type None")
                : Optional.empty();
    }

    @Override
    public List<GrantObject> objects(String namespace, String name) {
        return List.of(CredentialIssuer.announced(ObjectKind.Secret, namespace, name));
    }

    @Override
    public Optional<CredentialDelivery> delivery() {
        return Optional.of(this);
    }

    @Override
    public Optional<Dies> dies() {
        return Optional.empty();
    }

    @Override
    public Optional<Instant> deadAt(List<String> audiences, List<IssuedCredential> issued, Instant gone) {
        return issued.isEmpty()
                ? Optional.empty()
                : Optional.of(TokenSchedule.deadAt(
                        audiences, gone, issued.get(issued.size() - 1).expiresAt()));
    }

    @Override
    public Duration lifetime(List<String> audiences, Instant now, Instant end) {
        return TokenSchedule.lifetime(audiences, now, end);
    }

    @Override
    public Optional<Instant> renewAt(IssuedCredential last, Instant end) {
        return TokenSchedule.endsTooEarly(last.expiresAt(), end)
                ? Optional.of(TokenSchedule.renewAt(last.issuedAt(), last.expiresAt()))
                : Optional.empty();
    }

    @Override
    public Dies dies(Instant expiry, Instant end) {
        return TokenSchedule.diesByItself(expiry, end) ? Dies.ByItself : Dies.ByOperator;
    }

    @Override
    public MintedToken issue(CredentialEffects effects, CredentialWish wish, Instant now) {
        return effects.token(wish, now);
    }

    @Override
    public Map<String, String> content(CredentialEffects effects, MintedToken issued, Parcel parcel) {
        return effects.tokenContent(issued, parcel);
    }
}
