package dev.lapse.grant;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.Author;
import dev.lapse.access.Entitlement;
import dev.lapse.access.Entitlement.Entitled;
import dev.lapse.access.Entitlement.Outcome;
import dev.lapse.access.Entitlement.Undecided;
import dev.lapse.access.Entitlement.Withdrawn;
import dev.lapse.access.Entitlement.Withdrawn.Who;
import dev.lapse.access.OperatorReach;
import dev.lapse.identity.EntryFacts;
import dev.lapse.review.Consent;
import dev.lapse.review.ReviewVerb;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Whether everybody whose word an activation rests on may give it now: who asks, who approved, who wrote the entry, and
 * the operator itself. Rights are asked of the API server when they are used; a right held earlier counts for nothing.
 */
final class ActivationRights {
    private final AccessOracle oracle;
    private final OperatorReach reach;

    ActivationRights(AccessOracle oracle, OperatorReach reach) {
        this.oracle = oracle;
        this.reach = reach;
    }

    /** The first that is not as it must be. */
    Outcome ask(GrantFacts facts) {
        EntryFacts entry = facts.identity()
                .flatMap(identity -> identity.entry(facts.request().privilege()))
                .orElseThrow();
        List<String> namespaces = GrantPlan.namespaces(facts.request(), entry);
        Stream<Supplier<Outcome>> questions = Stream.of(
                () -> requester(facts),
                () -> approvers(facts),
                () -> Entitlement.couldBind(
                        Author.of(entry.author().orElseThrow(), entry.authorGroups()),
                        entry.role(),
                        facts.role()::rulesIn,
                        namespaces,
                        oracle),
                () -> reach.mayBind(entry.role(), namespaces),
                () -> GrantPlan.accountToIssueFor(facts, entry)
                        .map(account -> reach.mayIssueTokensOf(facts.request().namespace(), account))
                        .orElseGet(Entitled::new));
        return questions
                .map(Supplier::get)
                .filter(outcome -> !(outcome instanceof Entitled))
                .findFirst()
                .orElseGet(Entitled::new);
    }

    private Outcome requester(GrantFacts facts) {
        GrantRequest request = facts.request();
        return holds(
                Author.of(request.requestedBy(), request.requestedByAs()),
                request.breakGlass() ? ReviewVerb.BREAKGLASS : ReviewVerb.REQUEST,
                Who.Requester,
                facts,
                "; whose right comes from a group names that group in requestedByAs");
    }

    private Outcome approvers(GrantFacts facts) {
        return facts.consent().map(Consent::approvers).stream()
                .flatMap(List::stream)
                .map(approver -> holds(
                        approver,
                        ReviewVerb.APPROVE,
                        Who.Approver,
                        facts,
                        " any more, so the approval is void: create a new PrivilegeGrant"))
                .filter(outcome -> !(outcome instanceof Entitled))
                .findFirst()
                .orElseGet(Entitled::new);
    }

    private Outcome holds(Author who, ReviewVerb verb, Who role, GrantFacts facts, String remedy) {
        GrantRequest request = facts.request();
        Answer answer = oracle.ask(who, verb.on(request.identity()), Optional.of(request.namespace()));
        String what =
                who.user() + " does not hold the verb " + verb.text() + " on ServiceIdentity " + request.identity();
        return switch (answer.verdict()) {
            case Allowed -> new Entitled();
            case Denied -> new Withdrawn(role, what + remedy);
            case Unknown ->
                new Undecided("it could not be found out whether " + who.user() + " holds the verb " + verb.text()
                        + " on ServiceIdentity " + request.identity() + ": " + answer.reason());
        };
    }
}
