package dev.lapse.memory;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an identity must not get because of verdicts, or because nobody gave one. Its spec cannot change that.
 *
 * @param missed a certification that was missed: until people decide it, nothing is granted
 * @param revoked the roles that the identity must not have
 */
public record Holds(Optional<OwedCertification> missed, List<RevokedPrivilege> revoked) {
    public static final Holds NONE = new Holds(Optional.empty(), List.of());

    /** @param subject user name of the identity's account */
    public static Holds on(Recollection memory, String identity, String subject, Instant now) {
        return new Holds(
                memory.all(OwedCertification.class, now).stream()
                        .filter(owed -> owed.suspends() && owed.concerns(identity, subject))
                        .findFirst(),
                memory.all(RevokedPrivilege.class, now).stream()
                        .filter(revoked -> revoked.concerns(identity, subject))
                        .toList());
    }

    /** A revocation of this role that shares a namespace with {@code namespaces}, if there is one. */
    public Optional<RevokedPrivilege> on(String role, List<String> namespaces) {
        return revoked.stream()
                .filter(privilege -> privilege.covers(role, namespaces))
                .findFirst();
    }

    /** Why nothing is granted to the identity, as a sentence. */
    public Optional<String> suspends() {
        return missed.map(owed -> owed.held()
                ? "what was revoked in AccessReview " + owed.review() + " in namespace " + owed.namespace()
                        + " finds no room in the memory, so the identity is held until it does"
                : "AccessReview " + owed.review() + " in namespace " + owed.namespace()
                        + " was due at " + owed.dueAt()
                        + " and nobody decided it, so the identity is held until each item of it"
                        + " is decided (kubectl lapse review keep " + owed.review() + " -n " + owed.namespace() + ")");
    }
}
