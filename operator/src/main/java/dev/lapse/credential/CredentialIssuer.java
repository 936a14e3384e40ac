package dev.lapse.credential;

import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a credential type means for a grant: which objects it needs, what is issued and delivered, and when that is dead. */
public interface CredentialIssuer {
    /** The one place where an issuer is chosen: a type without one does not compile. */
    static CredentialIssuer of(CredentialType type) {
        return switch (type) {
            case Token -> new TokenCredential();
            case Mint -> new MintCredential();
            case None -> new NoCredential();
        };
    }

    /**
     * Whoever would hold the privilege.
     *
     * @param entry name of the eligible entry
     * @param serviceAccount whether the identity is a ServiceAccount, rather than a user name
     */
    record Holder(String entry, PrincipalType principal, boolean serviceAccount) {}

    /** Why {@code holder} cannot use a privilege in this way, with the remedy; empty if it can. */
    Optional<String> impossible(Holder holder);

    /**
     * What is made for it, in order. The account comes before it, and what gives access after it.
     *
     * @param namespace of the grant
     * @param name of the grant's objects
     */
    List<GrantObject> objects(String namespace, String name);

    /** What the operator issues and delivers; empty if it issues nothing. */
    Optional<CredentialDelivery> delivery();

    /** How what others make with it dies. Empty if nobody makes anything: then it depends on what was issued. */
    Optional<Dies> dies();

    /**
     * By when nobody accepts any more what was made, once what it hangs on is gone; empty if nothing was made.
     *
     * @param audiences who accepts it; empty for the API server
     * @param issued by the operator, in order
     */
    Optional<Instant> deadAt(List<String> audiences, List<IssuedCredential> issued, Instant gone);

    /** An object that is planned, and not made yet. */
    static GrantObject announced(ObjectKind kind, String namespace, String name) {
        return new GrantObject(kind, namespace, name, null, ObjectState.Creating);
    }
}
