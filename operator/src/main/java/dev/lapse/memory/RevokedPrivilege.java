package dev.lapse.memory;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * That an identity is not to have a role where it reached, whatever its entries are called and say by now. It holds until
 * a later review says Keep.
 *
 * @param subject user name of the identity's account: another identity of that account is not to have it either
 * @param role as kind/name
 * @param namespaces empty for the whole cluster
 * @param keptIn the namespaces that somebody has said Keep to since
 * @param revokedBy who said Revoke, the last at the end; empty if nobody decided in time
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

    /** What nobody looked at leaves room to what somebody says. */
    private static final Bound BY_SILENCE = new Bound(128, 500_000);

    /** Of more than so many the last are known. */
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

    /** Kept is where both know that somebody said so. */
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

    /** The same, where others had said Revoke before: none of them lifts it. */
    public RevokedPrivilege after(RevokedPrivilege earlier) {
        List<String> everybody = Stream.concat(
                        earlier.revokedBy.stream().filter(who -> !revokedBy.contains(who)), revokedBy.stream())
                .toList();
        return new RevokedPrivilege(
                namespace, identity, subject, role, namespaces, keptIn, everybody, review, revokedAt);
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
        return (revokedBy.isEmpty() ? "nobody decided in time" : String.join(" and ", revokedBy) + " said Revoke")
                + " in AccessReview "
                + review
                + " at " + revokedAt + ", so nothing gives " + role + " there until somebody else says Keep in another"
                + " campaign";
    }
}
