package dev.lapse.grant.end;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.IdentityState;
import dev.lapse.grant.Ending;
import dev.lapse.grant.GrantFacts;
import dev.lapse.identity.IdentityFacts;
import java.time.Instant;
import java.util.Optional;

/** What ends a grant because its identity, or the account of its identity, is not what it was. */
final class IdentityEndings {
    private IdentityEndings() {}

    static Optional<Ending> identityChanged(GrantFacts facts, Instant now) {
        boolean same = facts.identity()
                .filter(identity -> identity.uid().equals(facts.resolved().identityUID()))
                .filter(identity -> !identity.deleting())
                .isPresent();
        return Ending.when(
                !same,
                EndCause.IdentityGone,
                now,
                "ServiceIdentity " + facts.request().identity() + " is gone");
    }

    static Optional<Ending> identityStopped(GrantFacts facts, Instant now) {
        IdentityFacts identity = facts.identity().orElseThrow();
        if (identity.state() == IdentityState.Suspended) {
            return Ending.of(EndCause.IdentitySuspended, now, "ServiceIdentity " + identity.name() + " is suspended");
        }
        if (identity.state() == IdentityState.Retired) {
            return Ending.of(EndCause.IdentityRetired, now, "ServiceIdentity " + identity.name() + " is retired");
        }
        return Ending.when(
                identity.expired(now) || identity.lacksEnd(),
                EndCause.IdentityExpired,
                identity.validUntil().filter(until -> !until.isAfter(now)).orElse(now),
                "ServiceIdentity " + identity.name() + " is not valid any more");
    }

    static Optional<Ending> nobodyAnswers(GrantFacts facts, Instant now) {
        return Ending.when(
                facts.identity().orElseThrow().owner().isEmpty(),
                EndCause.OwnerLost,
                now,
                "nobody answers for ServiceIdentity " + facts.request().identity() + " any more");
    }

    static Optional<Ending> subjectChanged(GrantFacts facts, Instant now) {
        IdentityFacts identity = facts.identity().orElseThrow();
        Optional<String> then = Optional.ofNullable(facts.resolved().subjectUID());
        return Ending.when(
                !identity.subject().bound() || !identity.subject().uid().equals(then),
                EndCause.SubjectGone,
                now,
                "the account of ServiceIdentity " + identity.name() + " is not the one it was");
    }
}
