package dev.lapse.grant.request;

import dev.lapse.access.ContentHash;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewSpec.ReviewType;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.EligibleEntry.Insiders;
import dev.lapse.api.v1alpha1.PeoplesText;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.IdentityReference;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import dev.lapse.api.v1alpha1.ReviewedRequestBuilder;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.ResolvedOwner;
import dev.lapse.api.v1alpha1.StatusText;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantPlan;
import dev.lapse.grant.GrantRequest;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.WaiverFacts;
import dev.lapse.review.Consent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The review that a request needs: how many approvals, of what exactly. Its name holds the hash of what is approved, so
 * whatever changes makes another review, and an approval never stands for anything but what was looked at.
 */
public record RequestReview(String name, AccessReviewSpec spec) {
    /** How long people have, unless a request says sooner. */
    static final Duration LONGEST = Duration.ofHours(24);

    private static final int DIGITS_IN_NAME = 10;
    private static final int MOST_REMEMBERED = 512;
    private static final int MOST_WAIVERS_REMEMBERED = 3;
    private static final int MOST_OF_A_WAIVER_REMEMBERED = 100;

    /** Nobody knows who wrote a claimed request: one more has to approve, and never fewer than two. */
    static int approvalsNeeded(GrantRequest request, EntryFacts entry) {
        if (request.breakGlass()) {
            return 0;
        }
        return request.claimed() ? Math.max(2, entry.approvals() + 1) : entry.approvals();
    }

    /** Nothing if nobody needs to approve, or if what would be approved is not known yet. */
    public static Optional<RequestReview> of(GrantFacts facts, Instant now) {
        Optional<IdentityFacts> identity = facts.identity();
        Optional<EntryFacts> entry =
                identity.flatMap(known -> known.entry(facts.request().privilege()));
        return entry.filter(eligible -> approvalsNeeded(facts.request(), eligible) > 0)
                .map(eligible -> of(ReviewType.Request, facts, identity.orElseThrow(), eligible, now));
    }

    /** The review of a break-glass: whether it was right. Nothing if the request is none. */
    public static Optional<RequestReview> afterwards(GrantFacts facts, Instant now) {
        Optional<IdentityFacts> identity = facts.identity();
        return identity.flatMap(known -> known.entry(facts.request().privilege()))
                .filter(eligible -> facts.request().breakGlass())
                .map(eligible -> of(ReviewType.BreakGlass, facts, identity.orElseThrow(), eligible, now));
    }

    private static RequestReview of(
            ReviewType type, GrantFacts facts, IdentityFacts identity, EntryFacts entry, Instant now) {
        GrantRequest request = facts.request();
        boolean before = !type.afterwards();
        Resolved meaning = GrantPlan.resolve(facts, identity, entry);
        String hash = ContentHash.of(
                request.uid(),
                meaning.hash(),
                entry.contentHash(),
                identity.type().name(),
                identity.owner().map(ResolvedOwner::name).orElse(""),
                identity.validUntil().map(Instant::toString).orElse("")
                        + request.incident().map(incident -> "/" + incident).orElse("")
                        + facts.waivers().stream()
                                .map(waiver -> "+" + waiver.contentHash())
                                .collect(Collectors.joining())
                        // Approvers are shown these; a grant cannot change them, but an older review did not name them.
                        + (before ? "/" + request.credential() + "/" + request.notBefore() + request.notAfter() : ""));
        // What is owed is remembered whole, in few words.
        Function<String, String> told =
                text -> before ? text : StatusText.fit(PeoplesText.oneLine(text), MOST_REMEMBERED);
        AccessReviewSpec spec = AccessReviewSpec.of(
                type,
                new IdentityReference(identity.name()),
                ReviewedRequestBuilder.stagedBuilder()
                        .grant(request.name())
                        .grantUID(request.uid())
                        .hash(hash)
                        .privilege(request.privilege())
                        .role(meaning.role())
                        .namespaces(meaning.namespaces())
                        .principal(meaning.principal())
                        .principalName(meaning.principalName())
                        .duration(Durations.format(request.duration()))
                        .risks(meaning.risks())
                        .requestedBy(request.requestedBy())
                        .claimed(request.claimed())
                        .reason(told.apply(request.reason()))
                        .ticket(request.ticket().map(told).orElse(null))
                        .incident(request.incident().map(told).orElse(null))
                        .waivers(facts.waivers().isEmpty() ? null : waivers(facts.waivers(), before))
                        .credential(before ? request.credential() : null)
                        .notBefore(before ? request.notBefore().orElse(null) : null)
                        .notAfter(before ? request.notAfter().orElse(null) : null)
                        .build(),
                // Whoever may review may do so: those who could have approved may all be away.
                entry.approvers().isEmpty() || !before ? null : entry.approvers(),
                before ? approvalsNeeded(request, entry) : 1,
                entry.insiders(),
                before ? dueAt(request, now) : now.plus(LONGEST).truncatedTo(ChronoUnit.SECONDS));
        return new RequestReview(GrantPlan.objectName(request.uid()) + "-" + hash.substring(0, DIGITS_IN_NAME), spec);
    }

    private static List<ReviewedRequest.Waiver> waivers(List<WaiverFacts> waivers, boolean all) {
        return waivers.stream()
                .limit(all ? waivers.size() : MOST_WAIVERS_REMEMBERED)
                .map(waiver -> new ReviewedRequest.Waiver(
                        waiver.duties(),
                        waiver.waivedBy(),
                        waiver.until(),
                        all
                                ? waiver.reason()
                                : StatusText.fit(PeoplesText.oneLine(waiver.reason()), MOST_OF_A_WAIVER_REMEMBERED)))
                .toList();
    }

    private static Instant dueAt(GrantRequest request, Instant now) {
        Instant latest = now.plus(LONGEST).truncatedTo(ChronoUnit.SECONDS);
        return request.notAfter().filter(latest::isAfter).orElse(latest).truncatedTo(ChronoUnit.SECONDS);
    }

    /** Those whose insiders do not count; none if the entry lets them. */
    public List<String> accountsToAskAbout() {
        return spec.insiders() == Insiders.Allow
                ? List.of()
                : List.copyOf(spec.requested().accounts());
    }

    /** Whether it is what the operator would have opened: while the guard was away anybody may have written one. */
    boolean isWhatWasAsked(Consent consent) {
        AccessReviewSpec there = consent.spec();
        return there.equals(spec.with(there.dueAt(), there.decisions()));
    }
}
