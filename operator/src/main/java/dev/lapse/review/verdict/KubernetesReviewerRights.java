package dev.lapse.review.verdict;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.CouldActAs;
import dev.lapse.access.Insiders;
import dev.lapse.access.KubernetesBindings;
import dev.lapse.access.Permission;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.EligibleEntry;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Insider;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import dev.lapse.review.IdentityVerb;
import dev.lapse.review.ReviewFacts;
import dev.lapse.review.ReviewerRights;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Asks the API server what somebody who gave a verdict may do. */
public final class KubernetesReviewerRights {
    private final AccessOracle oracle;
    private final KubernetesBindings bindings;

    public KubernetesReviewerRights(AccessOracle oracle, KubernetesBindings bindings) {
        this.oracle = oracle;
        this.bindings = bindings;
    }

    public ReviewerRights of(ReviewFacts facts, Decision decision) {
        UserInfo who = UserInfo.of(decision.by(), decision.byAs() == null ? List.of() : decision.byAs());
        Answer decides = oracle.ask(
                who,
                IdentityVerb.toDecide(facts.spec().type()).on(facts.spec().identity()),
                Optional.of(facts.namespace()));
        if (decides.verdict() != Verdict.Allowed || facts.spec().insiders() == EligibleEntry.Insiders.Allow) {
            return new ReviewerRights(decides.verdict(), Verdict.Denied, decides.reason());
        }
        return accounts(facts).stream()
                .flatMap(account -> actsAs(who, account))
                .findFirst()
                .orElseGet(() -> whenAsked(facts, decision));
    }

    /** Of groups that nobody states only this is known: whether what they could act by is as it was. */
    private ReviewerRights whenAsked(ReviewFacts facts, Decision decision) {
        ReviewerRights noInsider = new ReviewerRights(Verdict.Allowed, Verdict.Denied, "");
        Map<String, Insiders> now = new HashMap<>();
        Set<Insider> changed = new HashSet<>();
        try {
            for (Insider group : WhenAsked.toAskAbout(facts, decision)) {
                Insiders.Since since = now.computeIfAbsent(
                                group.account(),
                                account -> new Insiders(bindings.reaching(Insiders.home(account)), account))
                        .since(group);
                if (since == Insiders.Since.NotKnown) {
                    return notKnown(WhenAsked.notKnownNow(group));
                }
                if (since == Insiders.Since.Changed) {
                    changed.add(group);
                }
            }
            return noInsider.withChanged(Set.copyOf(changed));
        } catch (KubernetesClientException failed) {
            return notKnown(
                    "whether those who could act as the account when it was asked still can could not be listed: "
                            + failed.getMessage());
        }
    }

    private static ReviewerRights notKnown(String why) {
        return new ReviewerRights(Verdict.Allowed, Verdict.Unknown, why);
    }

    /** Each way in which somebody could, or in which it could not be found out. */
    private Stream<ReviewerRights> actsAs(UserInfo who, String account) {
        return CouldActAs.ways(account).stream().flatMap(way -> {
            Answer answer = holds(who, way);
            return answer.verdict() == Verdict.Denied
                    ? Stream.empty()
                    : Stream.of(new ReviewerRights(
                            Verdict.Allowed,
                            answer.verdict(),
                            answer.verdict() == Verdict.Allowed
                                    ? who.user() + " may " + way.describe() + ", and so act as " + account
                                    : answer.reason()));
        });
    }

    /** Denied as soon as one of the rights is not held. */
    private Answer holds(UserInfo who, CouldActAs.Way way) {
        Answer last = new Answer(Verdict.Denied, "");
        for (Permission right : way.rights()) {
            last = oracle.ask(who, right, way.namespace());
            if (last.verdict() != Verdict.Allowed) {
                return last;
            }
        }
        return last;
    }

    /** The account that will hold the privilege, and the one that asked, if that is no person; else the identity's own. */
    private static Set<String> accounts(ReviewFacts facts) {
        ReviewedRequest request = facts.spec().request();
        if (request == null) {
            return facts.subjectName().map(Set::of).orElse(Set.of());
        }
        return request.accounts();
    }
}
