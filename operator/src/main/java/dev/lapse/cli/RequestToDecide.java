package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.PinnedEntry;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** A request as whoever decides it sees it, the patch that carries a verdict, and what became of that. */
record RequestToDecide(AccessReview review) {

    /** What is decided, for people. */
    Explanation told(Instant now) {
        AccessReviewSpec spec = review.getSpec();
        Explanation told = Explanation.of(review, "");
        ReviewedRequest request = spec.request();
        if (request != null) {
            told(told, request);
        }
        spec.pinned().forEach(entry -> told(told, entry));
        if (isAfterwards()) {
            told.line("review", phase() + ", due " + spec.dueAt());
        } else {
            told.line("approvals", approvals() + ", until " + Spans.untilTold(spec.dueAt(), now));
        }
        roleChanges().forEach(change -> told.line("mind", change));
        verdicts().forEach(seen -> told.line("verdict", verdict(seen)));
        spec.itemHashes().forEach((item, hash) -> told.line("hash", request == null ? item + ": " + hash : hash));
        return told;
    }

    private void told(Explanation told, ReviewedRequest request) {
        told.line("identity", review.getSpec().identity() + ", entry " + request.privilege())
                .line("role", request.role() + " in " + where(request.namespaces()))
                .line("for", request.duration() + ", held by " + request.principalName());
        request.unusual().forEach(unusual -> told.line("mind", unusual));
        told.line("risks", request.risks().isEmpty() ? "none known" : String.join(", ", request.risks()));
        waivers().forEach(waiver -> told.line("waived", waiver));
        told.line(
                        isBreakGlass() ? "taken by" : "asked by",
                        request.requestedBy() + (request.claimed() ? " (claimed: nobody knows who wrote it)" : ""))
                .line("incident", Optional.ofNullable(request.incident()))
                .line("because", request.reason() + (request.ticket() == null ? "" : " (" + request.ticket() + ")"));
    }

    /** What was approved before may have been something else. */
    private List<String> roleChanges() {
        return Optional.ofNullable(review.getStatus()).map(AccessReviewStatus::items).stream()
                .flatMap(List::stream)
                .filter(item -> item.roleChangedAt() != null)
                .map(item -> (review.getSpec().request() == null ? item.name() + ": " : "") + "its role was changed at "
                        + item.roleChangedAt() + ", and allows something else than before")
                .toList();
    }

    private void told(Explanation told, PinnedEntry entry) {
        told.line("identity", review.getSpec().identity() + ", entry " + entry.name())
                .line("role", entry.role() + " in " + where(entry.namespaces()))
                .line("for up to", entry.maxDuration() + ", principal " + entry.principal())
                .line("risks", entry.risks().isEmpty() ? "none known" : String.join(", ", entry.risks()))
                .line(
                        "entitled by",
                        (entry.entitledBy() == null ? "nobody" : entry.entitledBy())
                                + (entry.entitledByVia() == null
                                        ? ""
                                        : " (claimed: " + entry.entitledByVia() + " wrote it)"));
    }

    /** Whether it is of this very grant, and not of one that had its name before. */
    boolean isAbout(PrivilegeGrant grant) {
        return review.getSpec()
                .requested()
                .grantUID()
                .equals(grant.getMetadata().getUid());
    }

    /** Whether it is decided after the fact, with Keep or Revoke. */
    boolean isAfterwards() {
        return review.getSpec().type().afterwards();
    }

    /** Conflicts of duties that it may be given in spite of. */
    List<String> waivers() {
        return Optional.ofNullable(review.getSpec().request()).map(ReviewedRequest::waivers).stream()
                .flatMap(List::stream)
                .map(ReviewedRequest.Waiver::describe)
                .toList();
    }

    private ReviewWords words() {
        return ReviewWords.of(review.getSpec().type());
    }

    boolean isBreakGlass() {
        return words().owedForGrant();
    }

    /** The verb of Lapse that deciding takes. */
    String verb() {
        return isAfterwards() ? "review" : "approve";
    }

    String phase() {
        return review.getStatus() == null || review.getStatus().phase() == null
                ? ReviewPhase.Open.name()
                : review.getStatus().phase().name();
    }

    String name() {
        return review.getMetadata().getName();
    }

    Optional<String> closed() {
        AccessReviewStatus status = review.getStatus();
        return status == null || status.phase() == null || !status.phase().ended()
                ? Optional.empty()
                : Optional.of("AccessReview " + name() + " is " + status.phase()
                        + (status.outcome() == null ? "" : ", " + status.outcome()) + ": it takes no more verdicts");
    }

    /** Written only if the request is the one that was shown, and beside the verdicts of others. */
    JsonPatch patch(Decision verdict) {
        List<Decision> there = review.getSpec().decisions() == null
                ? List.of()
                : review.getSpec().decisions();
        JsonPatch patch = new JsonPatch()
                .test("/metadata/uid", review.getMetadata().getUid())
                .test(hashPath(verdict.item()), verdict.itemHash());
        for (int i = 0; i < there.size(); i++) {
            if (there.get(i).by().equals(verdict.by()) && there.get(i).item().equals(verdict.item())) {
                return patch.test("/spec/decisions/" + i + "/by", verdict.by())
                        .replace("/spec/decisions/" + i, written(verdict));
            }
        }
        return patch.add("/spec/decisions/-", written(verdict));
    }

    private String hashPath(String item) {
        return review.getSpec().request() != null
                ? "/spec/request/hash"
                : "/spec/entries/"
                        + List.copyOf(review.getSpec().itemHashes().keySet()).indexOf(item) + "/hash";
    }

    /** Whether this person said so before, and it counts. */
    boolean isSettledBy(Decision verdict) {
        return verdicts().stream().anyMatch(seen -> seen.counts() && isOf(seen, verdict));
    }

    /** Whether this very verdict stands there already. */
    boolean holds(Decision verdict) {
        return review.getSpec().decisions() != null
                && review.getSpec().decisions().stream().anyMatch(verdict::equals);
    }

    /** What the operator makes of it, once it has looked at this state of the review. */
    Optional<SeenVerdict> judged(Decision verdict) {
        AccessReviewStatus status = review.getStatus();
        if (status == null
                || status.observedGeneration()
                        < Objects.requireNonNullElse(review.getMetadata().getGeneration(), 0L)) {
            return Optional.empty();
        }
        return verdicts().stream().filter(seen -> isOf(seen, verdict)).findFirst();
    }

    private static boolean isOf(SeenVerdict seen, Decision verdict) {
        return seen.item().equals(verdict.item())
                && seen.by().equals(verdict.by())
                && seen.verdict() == verdict.verdict();
    }

    String outcome() {
        AccessReviewStatus status = review.getStatus();
        if (status != null && status.outcome() != null) {
            return words().outcome(status.outcome());
        }
        if (isBreakGlass()) {
            return "it is owed still";
        }
        return isAfterwards() ? approvals() + " items are decided" : approvals() + " approvals, it stays open";
    }

    String approvals() {
        AccessReviewStatus status = review.getStatus();
        return status == null || status.approvals() == null
                ? "0/" + review.getSpec().required()
                : status.approvals();
    }

    List<SeenVerdict> verdicts() {
        return review.getStatus() == null || review.getStatus().verdicts() == null
                ? List.of()
                : review.getStatus().verdicts();
    }

    /** What a command has to say beside the review's name. */
    String itemToName() {
        return review.getSpec().itemHashes().size() > 1 ? " --item ITEM" : "";
    }

    /** Who may decide, as the review lists it. */
    String deciders() {
        List<dev.lapse.api.v1alpha1.EligibleEntry.Person> reviewers =
                review.getSpec().reviewers();
        String verb =
                "the verb " + verb() + " on ServiceIdentity " + review.getSpec().identity();
        return reviewers == null || reviewers.isEmpty()
                ? (isBreakGlass()
                                ? "whoever else than "
                                        + review.getSpec().requested().requestedBy()
                                : "whoever") + " holds " + verb
                : reviewers.stream()
                                .map(person -> person.user() != null ? person.user() : "group " + person.group())
                                .collect(Collectors.joining(", "))
                        + "; each also needs " + verb;
    }

    /** Of which item, where there may be several. */
    String verdict(SeenVerdict seen) {
        return (review.getSpec().request() == null ? seen.item() + ": " : "") + seen.verdict() + " by " + seen.by()
                + (seen.counts() ? ", counts" : ", does not count (" + seen.reason() + "): " + seen.message());
    }

    private static String where(List<String> namespaces) {
        return namespaces.isEmpty() ? "the whole cluster" : String.join(", ", namespaces);
    }

    private static Map<String, Object> written(Decision verdict) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("item", verdict.item());
        value.put("by", verdict.by());
        if (verdict.byAs() != null && !verdict.byAs().isEmpty()) {
            value.put("byAs", verdict.byAs());
        }
        value.put("verdict", verdict.verdict().name());
        value.put("itemHash", verdict.itemHash());
        if (verdict.comment() != null) {
            value.put("comment", verdict.comment());
        }
        return value;
    }
}
