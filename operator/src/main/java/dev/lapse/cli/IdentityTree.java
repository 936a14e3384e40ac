package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AssuredName;
import dev.lapse.api.v1alpha1.EligibleEntry;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * An identity with its entries, their grants, and of each grant the objects it made and the review of its request.
 *
 * @param ended whether grants that are over are shown too
 */
record IdentityTree(ServiceIdentity identity, List<PrivilegeGrant> grants, List<AccessReview> reviews, boolean ended) {

    Tree tree() {
        List<Tree> entries = new ArrayList<>();
        for (String name : entryNames()) {
            entries.add(entry(name));
        }
        return new Tree(
                "ServiceIdentity",
                identity.getMetadata().getName(),
                Optional.ofNullable(identity.getStatus())
                        .map(known -> String.valueOf(known.phase()))
                        .orElse("not looked at yet"),
                "namespace " + identity.getMetadata().getNamespace(),
                entries);
    }

    /** Those of the spec, and those that only grants still know. */
    private Set<String> entryNames() {
        Set<String> names = new LinkedHashSet<>();
        entries().forEach(entry -> names.add(entry.name()));
        mine().forEach(grant -> names.add(grant.getSpec().privilege()));
        return names;
    }

    private Tree entry(String name) {
        List<PrivilegeGrant> all = mine().stream()
                .filter(grant -> grant.getSpec().privilege().equals(name))
                .toList();
        List<Tree> children = new ArrayList<>();
        all.stream().filter(grant -> ended || !isOver(grant)).forEach(grant -> children.add(grant(grant)));
        long over = all.stream().filter(grant -> !ended && isOver(grant)).count();
        if (over > 0) {
            children.add(Tree.leaf("and", over + " ended", "shown with --ended", ""));
        }
        reviews.stream()
                .filter(review -> isAbout(review, name))
                .map(RequestToDecide::new)
                .filter(review -> ended || review.closed().isEmpty())
                .forEach(review -> children.add(review(review)));
        return new Tree("entry", name, state(name), "", children);
    }

    /** Asked of people because an applier wrote the entry beyond its limits, or because a campaign asks. */
    private boolean isAbout(AccessReview review, String entry) {
        return !review.getSpec().pinned().isEmpty()
                && Objects.equals(
                        review.getSpec().identityUID(), identity.getMetadata().getUid())
                && review.getSpec().itemHashes().containsKey(entry);
    }

    private String state(String name) {
        Optional<EligibleEntry> written =
                entries().stream().filter(entry -> entry.name().equals(name)).findFirst();
        Optional<EntryStatus> known = Optional.ofNullable(identity.getStatus())
                .flatMap(status -> Optional.ofNullable(status.entries()))
                .flatMap(all ->
                        all.stream().filter(each -> each.name().equals(name)).findFirst());
        return written.map(entry -> IdentityExplanation.role(entry)
                        + known.filter(each -> each.state() != EntryState.Eligible)
                                .map(each -> ", " + each.state() + " (" + each.reason() + ")")
                                .orElse(""))
                .orElse("no longer an entry");
    }

    private Tree grant(PrivilegeGrant grant) {
        List<Tree> children = new ArrayList<>();
        if (grant.getStatus() != null && grant.getStatus().objects() != null) {
            grant.getStatus().objects().forEach(object -> children.add(object(object)));
        }
        reviews.stream()
                .filter(review -> review.getSpec().request() != null)
                .map(RequestToDecide::new)
                .filter(review -> review.isAbout(grant))
                .forEach(review -> children.add(review(review)));
        String until = grant.getStatus() == null || grant.getStatus().expiresAt() == null || isOver(grant)
                ? ""
                : " until " + grant.getStatus().expiresAt();
        return new Tree(
                "PrivilegeGrant",
                grant.getMetadata().getName(),
                GrantWait.phase(grant).map(GrantPhase::name).orElse("not looked at yet") + until,
                "asked by "
                        + AssuredName.of(
                                grant.getSpec().requestedBy(), grant.getSpec().requestedByVia(), true)
                        + " because: "
                        + grant.getSpec().reason(),
                children);
    }

    private static Tree object(GrantObject object) {
        return Tree.leaf(
                object.kind().name(),
                object.namespace() == null ? object.name() : object.namespace() + "/" + object.name(),
                object.state().name(),
                object.uid() == null ? "" : "uid " + object.uid());
    }

    private static Tree review(RequestToDecide review) {
        List<Tree> verdicts = review.verdicts().stream()
                .map(seen -> Tree.leaf(
                        "verdict",
                        "of " + seen.by() + (review.review().getSpec().request() == null ? " on " + seen.item() : ""),
                        seen.verdict() + (seen.counts() ? ", counts" : ", does not count (" + seen.reason() + ")"),
                        seen.message()))
                .toList();
        String state = review.phase()
                + (review.isBreakGlass()
                        ? ", of break-glass"
                        : ", " + review.approvals() + (review.isAfterwards() ? " items decided" : " approvals"));
        return new Tree("AccessReview", review.name(), state, "", verdicts);
    }

    private List<PrivilegeGrant> mine() {
        return grants.stream()
                .filter(grant -> grant.getMetadata()
                        .getNamespace()
                        .equals(identity.getMetadata().getNamespace()))
                .filter(grant -> grant.getSpec()
                        .identityRef()
                        .name()
                        .equals(identity.getMetadata().getName()))
                .toList();
    }

    private static boolean isOver(PrivilegeGrant grant) {
        return GrantWait.phase(grant).filter(GrantPhase::ended).isPresent();
    }

    private List<EligibleEntry> entries() {
        return identity.getSpec().eligible() == null
                ? List.of()
                : identity.getSpec().eligible();
    }
}
