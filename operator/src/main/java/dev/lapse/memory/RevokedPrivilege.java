package dev.lapse.memory;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An identity must not have a role in some places, whatever its entries are called or say. This holds until a later
 * review says Keep.
 *
 * @param subject user name of the identity's account: another identity of that account must not have the role either
 * @param role as kind/name
 * @param namespaces empty for the whole cluster
 * @param keptIn the namespaces for which somebody has said Keep since
 * @param revokedBy who said Revoke, the latest last; empty if nobody decided in time
 * @param review name of the AccessReview
 */
public record RevokedPrivilege(
        String namespace,
        String identity,
        String subject,
        String role,
        List<String> namespaces,
        List<String> keptIn,
        List<String> revokedBy,
        String review,
        Instant revokedAt)
        implements OfIdentity {
    private static final Bound BY_VERDICT = new Bound(256, 900_000);

    /** Revocations by silence must leave room for those that a person says. */
    private static final Bound BY_SILENCE = new Bound(128, 500_000);

    /** If more people said Revoke, only the latest of them are kept. */
    private static final int MOST_REVOKERS = 4;

    public RevokedPrivilege {
        namespaces = namespaces.stream().sorted().toList();
        revokedBy = List.copyOf(revokedBy.subList(Math.max(0, revokedBy.size() - MOST_REVOKERS), revokedBy.size()));
    }

    @Override
    public List<String> key() {
        return List.of(identity, subject, role, String.join(",", namespaces));
    }

    @Override
    public Bound bound() {
        return revokedBy.isEmpty() ? BY_SILENCE : BY_VERDICT;
    }

    /** A namespace counts as kept only if both records say so. */
    @Override
    public Remembered strictest(Remembered other) {
        if (!(other instanceof RevokedPrivilege theirs)) {
            return this;
        }
        List<String> kept = keptIn.stream().filter(theirs.keptIn::contains).toList();
        return new RevokedPrivilege(namespace, identity, subject, role, namespaces, kept, revokedBy, review, revokedAt)
                .after(theirs);
    }

    /** Whether exactly this was revoked: the role, where an entry would bind it. */
    public boolean isOf(String otherRole, List<String> places) {
        return role.equals(otherRole)
                && namespaces.equals(places.stream().sorted().toList());
    }

    /** This revocation, together with everybody who said Revoke earlier: none of them may lift it. */
    public RevokedPrivilege after(RevokedPrivilege earlier) {
        List<String> everybody = Stream.concat(
                        earlier.revokedBy.stream().filter(who -> !revokedBy.contains(who)), revokedBy.stream())
                .toList();
        return new RevokedPrivilege(
                namespace, identity, subject, role, namespaces, keptIn, everybody, review, revokedAt);
    }

    /** Whether the role in these places would give some of what was revoked. */
    public boolean covers(String otherRole, List<String> places) {
        return role.equals(otherRole)
                && (places.isEmpty()
                        || places.stream()
                                .filter(place -> !keptIn.contains(place))
                                .anyMatch(place -> namespaces.isEmpty() || namespaces.contains(place)));
    }

    /**
     * The part that is still revoked after somebody said Keep for these places; empty if nothing is.
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
        return (revokedBy.isEmpty() ? "nobody decided in time" : String.join(" and ", revokedBy) + " said Revoke")
                + " in AccessReview "
                + review
                + " at " + revokedAt + ", so nothing gives " + role + " there until somebody else says Keep in another"
                + " review";
    }
}
