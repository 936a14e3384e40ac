package dev.lapse.grant.request;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.Entitlement;
import dev.lapse.access.Entitlement.Entitled;
import dev.lapse.access.Entitlement.NotEntitled;
import dev.lapse.access.Entitlement.Outcome;
import dev.lapse.access.Entitlement.Undecided;
import dev.lapse.access.Entitlement.Withdrawn;
import dev.lapse.access.Entitlement.Withdrawn.Who;
import dev.lapse.access.OperatorReach;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantPlan;
import dev.lapse.grant.GrantRequest;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.Vouching.Given;
import dev.lapse.review.Consent;
import dev.lapse.review.IdentityVerb;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Whether everybody whose word an activation rests on may give it now: who asks, who approved, who wrote the entry, and
 * the operator itself. Rights are asked of the API server when they are used; a right held earlier counts for nothing.
 */
public final class ActivationRights {
    private final AccessOracle oracle;
    private final OperatorReach reach;
    private final Consumer<String> authorRefused;

    /** @param authorRefused is told the UID of an identity with an entry whose author could not bind its role */
    public ActivationRights(AccessOracle oracle, OperatorReach reach, Consumer<String> authorRefused) {
        this.oracle = oracle;
        this.reach = reach;
        this.authorRefused = authorRefused;
    }

    /** The first that is not as it must be. */
    public Outcome ask(GrantFacts facts) {
        EntryFacts entry = facts.identity()
                .flatMap(identity -> identity.entry(facts.request().privilege()))
                .orElseThrow();
        List<String> namespaces = GrantPlan.namespaces(facts.request(), entry);
        Stream<Supplier<Outcome>> questions = Stream.of(
                () -> requester(facts),
                () -> approvers(facts),
                () -> author(facts, entry, namespaces),
                () -> reach.mayBind(entry.role(), namespaces),
                () -> grantedTo(facts, entry),
                () -> GrantPlan.accountToIssueFor(facts, entry)
                        .map(account -> reach.mayIssueTokensOf(facts.request().namespace(), account))
                        .orElseGet(Entitled::new));
        return questions
                .map(Supplier::get)
                .filter(outcome -> !(outcome instanceof Entitled))
                .findFirst()
                .orElseGet(Entitled::new);
    }

    private Outcome grantedTo(GrantFacts facts, EntryFacts entry) {
        return facts.identity()
                .filter(identity -> entry.principal() == PrincipalType.Subject)
                .map(IdentityFacts::subject)
                .map(subject ->
                        reach.mayGrantTo(facts.request().namespace(), subject.userName(), subject.serviceAccount()))
                .orElseGet(Entitled::new);
    }

    /** Of an entry beyond its applier's limits, whoever vouched for it: nobody knows who wrote it. */
    private Outcome author(GrantFacts facts, EntryFacts entry, List<String> namespaces) {
        Optional<Given> voucher =
                facts.vouching().filter(Given.class::isInstance).map(Given.class::cast);
        Outcome outcome = Entitlement.couldBind(
                voucher.map(Given::by)
                        .orElseGet(() -> UserInfo.of(entry.author().orElseThrow(), entry.authorGroups())),
                entry.role(),
                facts.role()::rulesIn,
                namespaces,
                oracle);
        if (outcome instanceof NotEntitled) {
            facts.identity().map(IdentityFacts::uid).ifPresent(authorRefused);
        }
        return outcome instanceof NotEntitled lost && voucher.isPresent()
                ? voucher.get().lost(lost)
                : outcome;
    }

    private Outcome requester(GrantFacts facts) {
        GrantRequest request = facts.request();
        return holds(
                UserInfo.of(request.requestedBy(), request.requestedByAs()),
                request.breakGlass() ? IdentityVerb.BREAKGLASS : IdentityVerb.REQUEST,
                Who.Requester,
                facts,
                "; whose right comes from a group names that group in requestedByAs");
    }

    private Outcome approvers(GrantFacts facts) {
        return facts.consent().map(Consent::approvers).stream()
                .flatMap(List::stream)
                .map(approver -> holds(
                        approver,
                        IdentityVerb.APPROVE,
                        Who.Approver,
                        facts,
                        " any more, so the approval is void: create a new PrivilegeGrant"))
                .filter(outcome -> !(outcome instanceof Entitled))
                .findFirst()
                .orElseGet(Entitled::new);
    }

    private Outcome holds(UserInfo who, IdentityVerb verb, Who role, GrantFacts facts, String remedy) {
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
