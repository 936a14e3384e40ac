package dev.lapse.identity;

import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.IdentityState;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.Hold;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.IdentityPhase;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatusBuilder;
import dev.lapse.api.v1alpha1.StatusText;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Conditions;
import dev.lapse.condition.Reason;
import dev.lapse.memory.Holds;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells, whole and from settled facts, what an identity's status is. */
final class IdentityStatusReport {
    private static final int MOST_GRANTS = 50;
    private static final int MOST_HOLDS = 50;

    private IdentityStatusReport() {}

    static ServiceIdentityStatus of(
            IdentityFacts facts,
            List<EntryStatus> entries,
            List<WaiverStatus> waivers,
            Holds holds,
            List<String> activeGrants,
            Optional<Proof> proof,
            @Nullable ServiceIdentityStatus previous,
            Instant now) {
        Instant at = now.truncatedTo(ChronoUnit.SECONDS);
        Answer ready = ready(facts, holds, activeGrants, now);
        List<Condition> before = previous == null || previous.conditions() == null ? List.of() : previous.conditions();
        List<Condition> conditions = List.of(
                condition(ConditionType.Ready, ready, facts, at),
                condition(ConditionType.Owned, owned(facts), facts, at),
                condition(ConditionType.SubjectBound, subjectBound(facts), facts, at));
        return ServiceIdentityStatusBuilder.stagedBuilder()
                .observedGeneration(facts.generation())
                .phase(phase(facts, holds, ready, activeGrants))
                .subjectUID(facts.subject().uid().orElse(null))
                .createdSubjectUID(
                        facts.subject().madeByLapse() ? facts.subject().uid().orElse(null) : null)
                .owner(facts.owner().orElse(null))
                .entries(entries)
                .entriesEligible(eligible(entries))
                .waivers(waivers.isEmpty() ? null : waivers)
                .holds(told(holds))
                .activeGrantCount(activeGrants.size())
                .activeGrants(activeGrants.stream().limit(MOST_GRANTS).toList())
                .proof(proof.orElse(null))
                .seal(null)
                .conditions(Conditions.merge(before, conditions))
                .build();
    }

    /** The last status, with the failure of a pass over it: what it says besides may be old. */
    static ServiceIdentityStatus failed(ServiceIdentity identity, String why, Instant now) {
        ServiceIdentityStatus last = identity.getStatus();
        List<Condition> before = last == null || last.conditions() == null ? List.of() : last.conditions();
        long generation = identity.getMetadata().getGeneration();
        List<Condition> conditions = Conditions.withFailure(before, why, generation, now);
        return last == null
                ? ServiceIdentityStatusBuilder.stagedBuilder()
                        .observedGeneration(0)
                        .phase(IdentityPhase.NotReady)
                        .subjectUID(null)
                        .createdSubjectUID(null)
                        .owner(null)
                        .entries(List.of())
                        .entriesEligible(null)
                        .waivers(null)
                        .holds(null)
                        .activeGrantCount(0)
                        .activeGrants(List.of())
                        .proof(null)
                        .seal(null)
                        .conditions(conditions)
                        .build()
                : last.withConditions(conditions);
    }

    private static String eligible(List<EntryStatus> entries) {
        long eligible = entries.stream()
                .filter(entry -> entry.state() == EntryState.Eligible)
                .count();
        return eligible + "/" + entries.size();
    }

    private static @Nullable List<Hold> told(Holds holds) {
        List<Hold> told = Stream.concat(
                        holds.missed().stream()
                                .map(missed -> new Hold(
                                        Reason.ReviewMissed.name(),
                                        missed.review(),
                                        holds.suspends().orElse(""))),
                        holds.revoked().stream()
                                .map(revoked ->
                                        new Hold(Reason.ReviewRevoked.name(), revoked.review(), revoked.told())))
                .limit(MOST_HOLDS)
                .toList();
        return told.isEmpty() ? null : told;
    }

    private record Answer(boolean yes, Reason reason, String message) {}

    private static IdentityPhase phase(IdentityFacts facts, Holds holds, Answer ready, List<String> activeGrants) {
        return switch (facts.state()) {
            case Suspended -> IdentityPhase.Suspended;
            case Retired -> retired(facts, activeGrants) ? IdentityPhase.Retired : IdentityPhase.Retiring;
            case Active ->
                holds.missed().isPresent()
                        ? IdentityPhase.Suspended
                        : ready.yes() ? IdentityPhase.Ready : IdentityPhase.NotReady;
        };
    }

    /** Retired once nothing is active and the account that Lapse made is gone. */
    private static boolean retired(IdentityFacts facts, List<String> activeGrants) {
        return activeGrants.isEmpty() && !facts.subject().madeByLapse();
    }

    private static Answer ready(IdentityFacts facts, Holds holds, List<String> activeGrants, Instant now) {
        if (facts.state() == IdentityState.Suspended) {
            return new Answer(false, Reason.Suspended, "spec.state is Suspended: nothing is granted");
        }
        if (facts.state() == IdentityState.Retired) {
            return retired(facts, activeGrants)
                    ? new Answer(false, Reason.Retired, "retired: no grant is active")
                    : new Answer(false, Reason.Retiring, activeGrants.size() + " grants are still ending");
        }
        if (holds.missed().isPresent()) {
            return new Answer(
                    false, Reason.ReviewMissed, StatusText.fit(holds.suspends().orElse(""), StatusText.MESSAGE));
        }
        Answer subject = subjectBound(facts);
        if (!subject.yes()) {
            return subject;
        }
        Answer owned = owned(facts);
        if (!owned.yes()) {
            return owned;
        }
        if (facts.expired(now)) {
            return new Answer(
                    false,
                    Reason.IdentityExpired,
                    "valid until " + facts.validUntil().orElseThrow() + ", which has passed");
        }
        if (facts.lacksEnd()) {
            return new Answer(
                    false, Reason.ValidUntilRequired, "identities of type " + facts.type() + " need spec.validUntil");
        }
        return new Answer(true, Reason.Ready, "eligible entries can be granted; status.entries tells which");
    }

    private static Answer owned(IdentityFacts facts) {
        return facts.owner()
                .map(owner -> new Answer(true, Reason.OwnerNamed, owner.name() + " answers for it"))
                .orElse(new Answer(
                        false, Reason.OwnerMissing, "nobody answers for it, so nothing is granted: set spec.owner"));
    }

    private static Answer subjectBound(IdentityFacts facts) {
        SubjectFacts subject = facts.subject();
        if (!subject.allowed()) {
            return new Answer(
                    false,
                    Reason.SubjectNotAllowed,
                    "settings do not allow the user name " + subject.userName() + " in namespace " + facts.namespace()
                            + ": an administrator may add it to subject-users");
        }
        if (subject.claimedBy().isPresent()) {
            return new Answer(
                    false,
                    Reason.SubjectTaken,
                    subject.userName() + " belongs to the older ServiceIdentity "
                            + subject.claimedBy().get()
                            + ": delete one of the two, or create an identity with an account of its own");
        }
        if (subject.serviceAccount().isEmpty()) {
            return new Answer(true, Reason.UserSubject, "acts as the user " + subject.userName());
        }
        if (subject.uid().isEmpty()) {
            return new Answer(
                    false,
                    Reason.SubjectNotFound,
                    "there is no ServiceAccount " + subject.serviceAccount().get() + " in namespace "
                            + facts.namespace() + ": create it, or set spec.subject.serviceAccount.create");
        }
        return subject.madeByLapse()
                ? new Answer(
                        true,
                        Reason.SubjectCreated,
                        "Lapse created ServiceAccount "
                                + subject.serviceAccount().get())
                : new Answer(
                        true,
                        Reason.SubjectExists,
                        "ServiceAccount " + subject.serviceAccount().get() + " exists");
    }

    private static Condition condition(ConditionType type, Answer answer, IdentityFacts facts, Instant at) {
        return new Condition(
                type.name(),
                answer.yes() ? ConditionStatus.True : ConditionStatus.False,
                answer.reason().name(),
                answer.message(),
                facts.generation(),
                at);
    }
}
