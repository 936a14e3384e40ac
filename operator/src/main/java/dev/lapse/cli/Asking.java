package dev.lapse.cli;

import dev.lapse.api.v1alpha1.EligibleEntry;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import java.util.List;
import java.util.Optional;

/** What is found out before a grant is asked for: whether there is such a privilege, and which groups to state. */
final class Asking {
    private final KubernetesSession session;
    private final String verb;

    /** @param verb of Lapse that asking takes */
    Asking(KubernetesSession session, String verb) {
        this.session = session;
        this.verb = verb;
    }

    /**
     * The groups that the request has to state.
     *
     * @param stated by whoever asks; then these and no others
     */
    List<String> groups(Person me, String identity, String privilege, List<String> stated) {
        Optional<EligibleEntry> entry = entry(identity, privilege);
        if (!stated.isEmpty()) {
            return stated;
        }
        List<EligibleEntry.Person> requesters =
                entry.map(EligibleEntry::requesters).orElse(List.of());
        return NeededGroups.of(me, requesters, session.may(verb, identity));
    }

    /**
     * With which credential a program is to use the privilege: tokens that it creates itself, of an account that dies with
     * the grant, unless the privilege is for the identity's own account. Then it is delivered; and likewise to holders of
     * a wildcard, whom the guard does not let mint: a right by name counts, and they hold every name's.
     */
    CredentialType credential(String identity, String privilege) {
        if (session.may("mint", Lapse.GROUP, "principals", Lapse.PRINCIPALS_NAMESPACE, "lapse-nobody")
                .allowed()) {
            return CredentialType.Token;
        }
        return entry(identity, privilege)
                .map(EligibleEntry::principal)
                .filter(PrincipalType.Subject::equals)
                .map(own -> CredentialType.Token)
                .orElse(CredentialType.Mint);
    }

    /** Nothing if the caller may not look: then the operator tells. */
    private Optional<EligibleEntry> entry(String identity, String privilege) {
        Optional<ServiceIdentity> found;
        try {
            found = session.identity(identity);
        } catch (Failure failure) {
            if (failure.isForbidden()) {
                return Optional.empty();
            }
            throw failure;
        }
        ServiceIdentity known = found.orElseThrow(() ->
                Failure.because("there is no ServiceIdentity " + identity + " in namespace " + session.namespace()));
        List<EligibleEntry> entries =
                known.getSpec().eligible() == null ? List.of() : known.getSpec().eligible();
        return Optional.of(entries.stream()
                .filter(each -> each.name().equals(privilege))
                .findFirst()
                .orElseThrow(() -> Failure.because("ServiceIdentity " + identity + " may not ask for " + privilege
                        + "; it may for: "
                        + (entries.isEmpty()
                                ? "nothing"
                                : String.join(
                                        ", ",
                                        entries.stream()
                                                .map(EligibleEntry::name)
                                                .toList())))));
    }
}
