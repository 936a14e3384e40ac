package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import java.time.Duration;
import java.util.Optional;

/** Finds the review somebody means, by its own name or by that of the grant it is about. */
final class ReviewOf {
    private final KubernetesSession session;

    ReviewOf(KubernetesSession session) {
        this.session = session;
    }

    /** @param timeout how long a grant may take that Lapse has not looked at yet */
    AccessReview target(String words, Waiting waiting, Duration timeout) {
        ObjectName name = ObjectName.of(words);
        if (name.mayBe(ObjectName.Kind.AccessReview)) {
            Optional<AccessReview> review = session.review(name.name());
            if (review.isPresent()) {
                return review.get();
            }
        }
        if (!name.mayBe(ObjectName.Kind.PrivilegeGrant)) {
            throw missing("AccessReview", name);
        }
        return opened(name, waiting, timeout);
    }

    private AccessReview opened(ObjectName name, Waiting waiting, Duration timeout) {
        PrivilegeGrant grant = waiting.until(timeout, () -> grant(name), ReviewOf::isLookedAt, GrantWait::line);
        return of(grant)
                .orElseThrow(() -> Failure.because(GrantWait.line(grant) + ": there is no review of it to decide"));
    }

    private PrivilegeGrant grant(ObjectName name) {
        return session.grant(name.name())
                .orElseThrow(() ->
                        missing(name.kind().isPresent() ? "PrivilegeGrant" : "AccessReview or PrivilegeGrant", name));
    }

    private static boolean isLookedAt(PrivilegeGrant grant) {
        boolean waits = GrantWait.phase(grant)
                .filter(phase -> phase != GrantPhase.Pending && phase != GrantPhase.AwaitingApproval)
                .isEmpty();
        return !waits || (grant.getStatus() != null && grant.getStatus().review() != null);
    }

    /** Nothing if nobody has to decide about this grant. */
    Optional<AccessReview> of(PrivilegeGrant grant) {
        return Optional.ofNullable(grant.getStatus())
                .flatMap(status -> Optional.ofNullable(status.review()))
                .flatMap(session::review);
    }

    private Failure missing(String kind, ObjectName name) {
        return Failure.because("there is no " + kind + " " + name.name() + " in namespace " + session.namespace());
    }
}
