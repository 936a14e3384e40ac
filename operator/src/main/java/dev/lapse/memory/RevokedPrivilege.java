package dev.lapse.memory;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * That an identity is not to have a role where it reached, whatever its entries are called and say by now. It holds until
 * a later review says Keep.
 *
 * @param subject user name of the identity's account: another identity of that account is not to have it either
 * @param role as kind/name
 * @param namespaces empty for the whole cluster
 * @param keptIn the namespaces that somebody has said Keep to since
 * @param revokedBy who said Revoke; absent if nobody decided in time
 * @param review name of the AccessReview
 */
public record RevokedPrivilege(
        String namespace,
        String identity,
        String subject,
        String role,
        List<String> namespaces,
        List<String> keptIn,
        @Nullable String revokedBy,
        String review,
        Instant revokedAt)
        implements OfIdentity {
    private static final Bound BOUND = new Bound(256, 900_000);

    public RevokedPrivilege {
        namespaces = namespaces.stream().sorted().toList();
    }

    @Override
    public List<String> key() {
        return List.of(identity, subject, role, String.join(",", namespaces));
    }

    @Override
    public Bound bound() {
        return BOUND;
    }

    /** Whether that role there would give, somewhere, what was revoked. */
    public boolean covers(String otherRole, List<String> places) {
        return role.equals(otherRole)
                && (places.isEmpty()
                        || places.stream()
                                .filter(place -> !keptIn.contains(place))
                                .anyMatch(place -> namespaces.isEmpty() || namespaces.contains(place)));
    }

    /**
     * What is left of it after somebody said Keep to the role there; nothing if that is all.
     *
     * @param places empty for the whole cluster
     */
    public Optional<RevokedPrivilege> kept(List<String> places) {
        List<String> kept = Stream.concat(keptIn.stream(), places.stream())
                .distinct()
                .sorted()
                .toList();
        boolean all = places.isEmpty() || (!namespaces.isEmpty() && kept.containsAll(namespaces));
        return all
                ? Optional.empty()
                : Optional.of(new RevokedPrivilege(
                        namespace, identity, subject, role, namespaces, kept, revokedBy, review, revokedAt));
    }

    /** Why, as a sentence. */
    public String told() {
        return (revokedBy == null ? "nobody decided in time" : revokedBy + " said Revoke") + " in AccessReview "
                + review
                + " at " + revokedAt + ", so nothing gives " + role + " there until somebody else says Keep in another"
                + " campaign";
    }
}
