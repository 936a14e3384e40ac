package dev.lapse.identity;

import dev.lapse.access.Entitlement;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.condition.Reason;
import dev.lapse.guard.GuardParameters.ApplierLimit;
import dev.lapse.guard.NameProof;
import dev.lapse.memory.Holds;
import dev.lapse.memory.RevokedPrivilege;
import java.util.List;
import java.util.Optional;

/** Decides whether an eligible entry could be granted now, and if not, why. */
final class EntryPolicy {
    private EntryPolicy() {}

    /**
     * @param holds what reviews forbid the identity
     * @param limit of the applier that wrote the entry, if one did
     * @param vouching what people said of an entry beyond that limit
     * @param guardStands if it does not, nobody knows how far appliers reach
     * @param entitlement absent if the API server was not asked
     */
    record Facts(
            EntryFacts entry,
            String ownNamespace,
            NameProof.Answer proof,
            RoleFacts role,
            Holds holds,
            Optional<ApplierLimit> limit,
            Vouching vouching,
            boolean guardStands,
            Optional<Entitlement.Outcome> entitlement) {

        boolean beyondLimit() {
            return limit.isPresent() && !ApplierReach.covers(limit.get(), entry, ownNamespace);
        }

        Facts withVouching(Vouching now) {
            return new Facts(entry, ownNamespace, proof, role, holds, limit, now, guardStands, entitlement);
        }

        Facts withEntitlement(Entitlement.Outcome now) {
            return new Facts(entry, ownNamespace, proof, role, holds, limit, vouching, guardStands, Optional.of(now));
        }
    }

    /** Empty if the API server must first be asked whether the author could bind the role. */
    static Optional<EntryStatus> judge(Facts facts) {
        EntryFacts entry = facts.entry();
        String role = entry.role().text();
        Optional<RevokedPrivilege> revoked = facts.holds().on(role, entry.namespaces());
        if (revoked.isPresent()) {
            return refused(facts, Reason.ReviewRevoked, revoked.get().told());
        }
        if (entry.author().isEmpty()) {
            return refused(
                    facts, Reason.AuthorMissing, "add entitledBy with the user name of a person who may bind " + role);
        }
        if (facts.proof() == NameProof.Answer.UNPROVED) {
            return refused(
                    facts,
                    Reason.NameUnproved,
                    "the entry was written while the guard did not stand: its author must change it once more");
        }
        if (entry.namespaces().isEmpty() && !entry.clusterWide()) {
            return refused(
                    facts,
                    Reason.NamespaceNotEligible,
                    "the entry reaches nothing: name its namespaces, or set clusterWide");
        }
        List<String> missing = facts.role().missing();
        if (!missing.isEmpty()) {
            return refused(
                    facts,
                    Reason.RoleNotFound,
                    "there is no " + role
                            + (missing.equals(List.of("")) ? "" : " in namespace " + String.join(", ", missing)));
        }
        if (!facts.role().tooLarge().isEmpty()) {
            return refused(
                    facts,
                    Reason.RoleTooLarge,
                    role + " has more rules than anybody could judge: name a role of less than 128 KiB");
        }
        Optional<String> risky = AcceptedRisks.refusal(entry, facts.role().allRules());
        if (risky.isPresent()) {
            return refused(facts, Reason.RiskNotAccepted, risky.get());
        }
        if (facts.beyondLimit() && !facts.guardStands()) {
            return unknown(
                    facts,
                    Reason.GuardNotReady,
                    "the guard does not stand, so nobody knows how far its applier reaches");
        }
        if (facts.beyondLimit() && facts.vouching() instanceof Vouching.Refused refusal) {
            return refused(facts, refusal.reason(), refusal.why());
        }
        if (facts.proof() == NameProof.Answer.UNKNOWN) {
            return unknown(facts, Reason.GuardNotReady, "the guard does not stand, so the author's name is not proved");
        }
        if (facts.entitlement().isEmpty()) {
            return Optional.empty();
        }
        Entitlement.Outcome outcome = facts.entitlement().get();
        if (outcome instanceof Entitlement.NotEntitled refusal) {
            return refused(
                    facts,
                    Reason.AuthorNotEntitled,
                    facts.beyondLimit() && facts.vouching() instanceof Vouching.Given given
                            ? given.lost(refusal).why()
                            : refusal.why());
        }
        if (outcome instanceof Entitlement.Withdrawn withdrawn) {
            return refused(facts, Reason.ApprovalVoid, withdrawn.why());
        }
        if (outcome instanceof Entitlement.OutOfReach limit) {
            return refused(facts, OutOfReachReason.of(limit), limit.why());
        }
        if (outcome instanceof Entitlement.Undecided open) {
            return unknown(facts, Reason.LookupFailed, open.why());
        }
        return facts.beyondLimit()
                ? vouchedFor(facts, role)
                : Optional.of(status(
                        facts,
                        EntryState.Eligible,
                        Reason.Eligible,
                        entry.author().orElseThrow() + (entry.via().isPresent() ? " (claimed)" : "") + " may bind "
                                + role + " there"));
    }

    private static Optional<EntryStatus> vouchedFor(Facts facts, String role) {
        if (facts.vouching() instanceof Vouching.Given given) {
            return Optional.of(status(
                    facts,
                    EntryState.Eligible,
                    Reason.Eligible,
                    "vouched for by " + given.by().user() + ", who may bind " + role + " there (AccessReview "
                            + given.review() + ")"));
        }
        return refused(
                facts,
                Reason.BeyondApplierLimits,
                facts.vouching() instanceof Vouching.Asked asked
                        ? asked.waits(facts.entry())
                        : "the applier " + facts.entry().via().orElse("") + " may not entitle to " + role
                                + " there: let a person who may bind it write the entry");
    }

    /** The review could not be opened; the next pass tries again. */
    static EntryStatus notOpened(Facts facts, String why) {
        return status(
                facts,
                EntryState.Unknown,
                Reason.StepFailed,
                "it goes beyond the limits of its applier, and the review of it could not be opened: " + why);
    }

    /** Whether the only reason against the entry is that nobody was asked about it yet. */
    static boolean waitsForSomebodyToBeAsked(Facts facts, EntryStatus judged) {
        return judged.reason().equals(Reason.BeyondApplierLimits.name())
                && facts.vouching() instanceof Vouching.Unasked;
    }

    private static Optional<EntryStatus> refused(Facts facts, Reason reason, String message) {
        return Optional.of(status(facts, EntryState.Refused, reason, message));
    }

    private static Optional<EntryStatus> unknown(Facts facts, Reason reason, String message) {
        return Optional.of(status(facts, EntryState.Unknown, reason, message));
    }

    private static EntryStatus status(Facts facts, EntryState state, Reason reason, String message) {
        // If the proof is unknown, the entry is recorded without its hash, so that it does not count as unproved.
        boolean known = facts.proof() != NameProof.Answer.UNKNOWN;
        return new EntryStatus(
                facts.entry().name(),
                known ? facts.entry().contentHash() : "",
                facts.proof() == NameProof.Answer.PROVED,
                state,
                reason.name(),
                message,
                facts.role().missing().isEmpty() ? facts.role().hash() : null,
                null);
    }
}
