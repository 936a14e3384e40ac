package dev.lapse.grant;

import dev.lapse.access.AccessVerification;
import dev.lapse.access.NamedBinding;
import dev.lapse.access.RecentAnswers;
import dev.lapse.access.ResidualAccess;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.grant.end.EndProof;
import dev.lapse.identity.RoleFacts;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Asks the API server whether what a grant gave is really gone. */
final class KubernetesRemovalProof {
    private final IntPredicate mayAsk;
    private final Function<GrantFacts, RoleFacts> rules;
    private final RecentAnswers answers;
    private final Predicate<NamedBinding> goneOrGoing;

    /**
     * @param mayAsk whether so many questions may be asked now, or have to wait because others end
     * @param rules reads the role of a grant with its rules
     * @param goneOrGoing true if a binding is deleted, or is being deleted by the lane
     */
    KubernetesRemovalProof(
            IntPredicate mayAsk,
            Function<GrantFacts, RoleFacts> rules,
            RecentAnswers answers,
            Predicate<NamedBinding> goneOrGoing) {
        this.mayAsk = mayAsk;
        this.rules = rules;
        this.answers = answers;
        this.goneOrGoing = goneOrGoing;
    }

    GrantFacts verify(GrantFacts facts) {
        Resolved resolved = facts.record().resolved().orElseThrow();
        int questions = EndProof.questions(resolved);
        // Reading a role may be refused or take long, and the status of an end does not wait for that.
        int inAll = facts.role().read()
                ? questions * Math.max(1, resolved.namespaces().size())
                : Integer.MAX_VALUE;
        // Without the finalizer nothing keeps the grant until somebody comes back to it.
        if (facts.request().held() && !mayAsk.test(inAll)) {
            return facts.withVerification(ResidualAccess.POSTPONED);
        }
        RoleFacts role = facts.role().read() ? facts.role() : rules.apply(facts);
        ResidualAccess found = AccessVerification.check(
                UserInfo.of(resolved.principalName(), List.of()),
                role.allRules(),
                resolved.namespaces(),
                questions,
                answers.since(EndProof.asOf(facts)));
        return facts.withVerification(found.withLate(goneOrGoing));
    }
}
