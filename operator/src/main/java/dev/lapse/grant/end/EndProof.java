package dev.lapse.grant.end;

import dev.lapse.access.ResidualAccess;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.TokenDead;
import dev.lapse.grant.GrantFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Decides what the API server's answers after an end prove, and when to ask again. */
public final class EndProof {
    /** An API server's authorizer learns of a deletion from a watch: milliseconds as a rule, seconds under load. */
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(60);

    /** So many permissions are asked in each namespace: every rule, and of large roles a sample. */
    private static final int MOST_QUESTIONS = 64;

    /**
     * So many in all, but one in each namespace at least, where the account was the grant's own: nothing but the grant's
     * bindings was ever meant for it, these are gone by UID, and so is the account.
     */
    private static final int QUESTIONS_ABOUT_OWN_ACCOUNT = 8;

    private static final Duration SOONEST = Duration.ofSeconds(1);
    private static final Duration LATEST = Duration.ofSeconds(30);

    private EndProof() {}

    /** How many questions a namespace is worth. */
    public static int questions(Resolved resolved) {
        return resolved.principal() == PrincipalType.Dedicated
                ? Math.max(
                        1,
                        QUESTIONS_ABOUT_OWN_ACCOUNT
                                / Math.max(1, resolved.namespaces().size()))
                : MOST_QUESTIONS;
    }

    /** Only what was asked after the last binding was gone proves anything. Times on record are cut to the millisecond. */
    public static Instant asOf(GrantFacts facts) {
        return facts.record()
                .end()
                .map(End::effectiveAt)
                .map(at -> at.plusMillis(1))
                .orElse(Instant.MAX);
    }

    /** The end with what {@code found} proves; the proof stays open while an answer is missing or premature. */
    static End of(GrantFacts facts, End end, ResidualAccess found, Instant now) {
        Instant at = now.truncatedTo(ChronoUnit.MILLIS);
        Optional<Instant> tokenDeadAt = facts.request()
                .issuer()
                .deadAt(facts.request().audiences(), facts.record().credentials(), at)
                .map(dead -> Optional.ofNullable(end.tokenDeadAt()).orElse(dead));
        ResidualAccess told = withoutWhatIsGone(end, found, now);
        return end.withProof(
                told.undecided() ? null : at,
                tokenDeadAt.isPresent() ? TokenDead.Inferred : null,
                tokenDeadAt.orElse(null),
                told.residual());
    }

    /** Often at first, when the answer is most likely only late, and then ever more rarely. */
    static Instant askAgainAt(End end, Instant now) {
        Duration since = end.effectiveAt() == null ? LATEST : Duration.between(end.effectiveAt(), now);
        if (since.compareTo(SOONEST) < 0) {
            return now.plus(SOONEST);
        }
        return now.plus(since.compareTo(LATEST) > 0 ? LATEST : since);
    }

    /** A binding that is gone gives nothing: who says that it does has not noticed yet. */
    private static ResidualAccess withoutWhatIsGone(End end, ResidualAccess found, Instant now) {
        boolean early =
                end.effectiveAt() != null && now.isBefore(end.effectiveAt().plus(NOTICED_WITHIN));
        return early ? found.withoutLate() : found;
    }
}
