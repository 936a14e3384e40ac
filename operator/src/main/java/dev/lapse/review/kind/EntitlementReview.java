package dev.lapse.review.kind;

import dev.lapse.access.ContentHash;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PinnedEntry;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.IdentityReference;
import dev.lapse.condition.Reason;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.RoleFacts;
import dev.lapse.identity.Vouching;
import dev.lapse.review.Consent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The review of an entry that goes beyond the limits of the applier that wrote it. Its name holds the hash of what is
 * asked, so whatever changes makes another review, and a yes never stands for anything but what was looked at.
 */
record EntitlementReview(String name, AccessReviewSpec spec) {
    /** How long people have. */
    static final Duration LONGEST = Duration.ofDays(7);

    private static final int DIGITS_IN_NAME = 20;

    static EntitlementReview of(IdentityFacts identity, EntryFacts entry, RoleFacts role, Instant now) {
        String hash = ContentHash.of(
                identity.uid(),
                entry.contentHash(),
                role.hash(),
                String.join(",", role.uids()),
                // What people are shown of it and does not follow from the entry as it is written.
                entry.principal().name(),
                Durations.format(entry.maxDuration()),
                String.join(",", role.risks()));
        PinnedEntry pinned = PinnedEntries.of(hash, entry, role);
        return new EntitlementReview(
                Lapse.NAME_PREFIX + hash.substring(0, DIGITS_IN_NAME),
                AccessReviewSpec.ofEntry(
                        new IdentityReference(identity.name()),
                        identity.uid(),
                        pinned,
                        now.plus(LONGEST).truncatedTo(ChronoUnit.SECONDS)));
    }

    /** Whether it is what the operator would have opened: while the guard was away anybody may have written one. */
    boolean isWhatWasAsked(AccessReviewSpec there) {
        return there.equals(spec.with(there.dueAt(), there.decisions()));
    }

    /** What people said in it. */
    Vouching answer(Consent consent, Instant now) {
        String review = "AccessReview " + name;
        if (!isWhatWasAsked(consent.spec())) {
            return refused(Reason.ApprovalVoid, review + " was not opened by the operator as it is");
        }
        boolean inTime = now.isBefore(consent.spec().dueAt());
        return switch (consent.phase()) {
            // The second and third are of other types.
            case Open, Overdue, Held -> new Vouching.Asked(name, consent.spec().dueAt());
            case Completed ->
                consent.approved() && !consent.approvers().isEmpty()
                        ? new Vouching.Given(name, consent.approvers().get(0))
                        : refused(Reason.ApprovalDenied, consent.denial() + " (" + review + ")");
            case Expired ->
                refused(
                        Reason.ReviewExpired,
                        "nobody decided " + review + " until " + consent.spec().dueAt() + ", and silence is a no");
            case Cancelled ->
                inTime
                        // What it is about is back, so it opens again.
                        ? new Vouching.Asked(name, consent.spec().dueAt())
                        : refused(
                                Reason.ReviewCancelled,
                                review + " was closed when what it was about changed, and now it is as before");
        };
    }

    private Vouching refused(Reason reason, String why) {
        return new Vouching.Refused(
                name,
                reason,
                why + ": once that review is deleted, or the entry changes, people who could bind it are asked again");
    }
}
