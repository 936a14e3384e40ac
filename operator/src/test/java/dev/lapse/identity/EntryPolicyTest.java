package dev.lapse.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.Entitlement;
import dev.lapse.access.Entitlement.OutOfReach.Limit;
import dev.lapse.access.Rule;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.condition.Reason;
import dev.lapse.guard.GuardParameters.ApplierLimit;
import dev.lapse.guard.NameProof.Answer;
import dev.lapse.memory.Holds;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryPolicyTest {
    private static final RoleFacts FOUND =
            new RoleFacts(Map.of("", new RoleFacts.Seen("role-uid", List.of())), List.of(""));
    private static final RoleFacts MISSING = new RoleFacts(Map.of(), List.of(""));
    private static final Optional<ApplierLimit> BEYOND = Optional.of(ApplierLimit.NONE);
    private static final Vouching BY_ERIN = new Vouching.Given("lapse-1", UserInfo.of("erin", List.of()));
    private static final Rule READS_SECRETS =
            new Rule(List.of(""), List.of("secrets"), List.of("get"), List.of(), List.of());
    private static final Optional<Entitlement.Outcome> ENTITLED = Optional.of(new Entitlement.Entitled());
    private static final String BY_ADA =
            "{name: look, role: {kind: ClusterRole, name: view}, namespaces: [payments], entitledBy: ada}";
    private static final String BY_GIT =
            "{name: look, role: {kind: ClusterRole, name: view}, namespaces: [payments], entitledBy: ada, entitledByVia: argo}";

    @Test
    void anEntryOfAProvedAuthorWhoMayBindItsRoleIsEligible() {
        EntryStatus status = judged(BY_ADA, Answer.PROVED, FOUND, Optional.empty(), ENTITLED);

        assertThat(status.state()).isEqualTo(EntryState.Eligible);
        assertThat(status.nameProved()).isTrue();
        assertThat(status.hash()).isNotEmpty();
        assertThat(status.message()).isEqualTo("ada may bind ClusterRole/view there");
    }

    @Test
    void whatAnApplierWroteWithinItsLimitsIsEligibleAndSaysThatTheAuthorIsClaimed() {
        ApplierLimit limit = new ApplierLimit(Set.of(), Set.of("ClusterRole/view"), false);

        EntryStatus status = judged(BY_GIT, Answer.PROVED, FOUND, Optional.of(limit), ENTITLED);

        assertThat(status.state()).isEqualTo(EntryState.Eligible);
        assertThat(status.message()).contains("ada (claimed)");
    }

    @Test
    void theApiServerIsAskedOnlyAboutAnEntryThatNothingElseSpeaksAgainst() {
        assertThat(EntryPolicy.judge(facts(BY_ADA, Answer.PROVED, FOUND, Optional.empty(), Optional.empty())))
                .isEmpty();
        assertThat(EntryPolicy.judge(facts(BY_ADA, Answer.PROVED, MISSING, Optional.empty(), Optional.empty())))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {name: look, role: {kind: ClusterRole, name: view}, namespaces: [payments]} | AuthorMissing | add entitledBy
                    {name: look, role: {kind: ClusterRole, name: view}, entitledBy: ada} | NamespaceNotEligible | name its namespaces, or set clusterWide
                    """)
    void whatIsMissingInTheEntryIsNamed(String entry, String reason, String remedy) {
        refused(judged(entry, Answer.PROVED, FOUND, Optional.empty(), ENTITLED), reason, remedy);
    }

    @Test
    void anUnprovedAuthorWritesTheEntryAgain() {
        EntryStatus status = judged(BY_ADA, Answer.UNPROVED, FOUND, Optional.empty(), ENTITLED);

        refused(status, "NameUnproved", "its author must change it once more");
        assertThat(status.nameProved()).isFalse();
        assertThat(status.hash()).as("recorded, so that a change shows").isNotEmpty();
    }

    @Test
    void aRoleThatIsNotThereIsNamedWithTheNamespacesThatLackIt() {
        String entry =
                "{name: look, role: {kind: Role, name: deployer}, namespaces: [orders, payments], entitledBy: ada}";
        RoleFacts role = new RoleFacts(
                Map.of("payments", new RoleFacts.Seen("role-uid", List.of())), List.of("orders", "payments"));

        refused(
                judged(entry, Answer.PROVED, role, Optional.empty(), ENTITLED),
                "RoleNotFound",
                "there is no Role/deployer in namespace orders");
        refused(
                judged(BY_ADA, Answer.PROVED, MISSING, Optional.empty(), ENTITLED),
                "RoleNotFound",
                "there is no ClusterRole/view");
    }

    @Test
    void aRiskThatTheEntryDoesNotAcceptByNameIsNamedWithTheRemedy() {
        RoleFacts risky = roleThatMay(
                new Rule(List.of(""), List.of("secrets"), List.of("get"), List.of(), List.of()),
                new Rule(List.of(""), List.of("pods/exec"), List.of("create"), List.of(), List.of()));

        refused(
                judged(BY_ADA, Answer.PROVED, risky, Optional.empty(), ENTITLED),
                "RiskNotAccepted",
                "(SecretsRead, Exec), and the entry does not accept that: add each to accepts with a reason");
        refused(
                judged(accepting("Exec"), Answer.PROVED, risky, Optional.empty(), ENTITLED),
                "RiskNotAccepted",
                "(SecretsRead), and the entry does not accept that: add it to accepts with a reason");
        assertThat(judged(accepting("Exec", "SecretsRead"), Answer.PROVED, risky, Optional.empty(), ENTITLED)
                        .state())
                .isEqualTo(EntryState.Eligible);
    }

    @Test
    void whoeverAcceptsAWildcardDoesNotAcceptAlongWithItWhatItStandsFor() {
        RoleFacts everything =
                roleThatMay(new Rule(List.of(""), List.of("nodes/proxy"), List.of("*"), List.of(), List.of()));

        EntryStatus status = judged(accepting("Wildcard"), Answer.PROVED, everything, Optional.empty(), ENTITLED);

        refused(status, "RiskNotAccepted", "(NodesProxy)");
    }

    @Test
    void whatAnApplierWroteBeyondItsLimitsNeedsAPersonWhateverItsClaimedAuthorMayBind() {
        EntryPolicy.Facts beyond = beyond(Vouching.UNASKED);

        EntryStatus judged = EntryPolicy.judge(beyond).orElseThrow();

        refused(judged, "BeyondApplierLimits", "let a person who may bind it write the entry");
        assertThat(EntryPolicy.waitsForSomebodyToBeAsked(beyond, judged)).isTrue();
    }

    @Test
    void whileAPersonIsAskedTheEntryNamesTheReviewAndTheNextStep() {
        EntryPolicy.Facts beyond = beyond(new Vouching.Asked("lapse-1", Instant.parse("2026-11-09T10:00:00Z")));

        EntryStatus judged = EntryPolicy.judge(beyond).orElseThrow();

        refused(
                judged,
                "BeyondApplierLimits",
                "it goes beyond the limits of the applier argo and waits until 2026-11-09T10:00:00Z for a person who may"
                        + " bind ClusterRole/view there: kubectl lapse approve lapse-1");
        assertThat(EntryPolicy.waitsForSomebodyToBeAsked(beyond, judged)).isFalse();
    }

    @Test
    void nobodyIsAskedAboutWhatSomethingElseSpeaksAgainst() {
        List<EntryPolicy.Facts> wrong = List.of(
                facts(BY_GIT.replace("entitledBy: ada, ", ""), Answer.PROVED, FOUND, BEYOND, ENTITLED),
                facts(BY_GIT, Answer.UNPROVED, FOUND, BEYOND, ENTITLED),
                facts(BY_GIT, Answer.UNKNOWN, FOUND, BEYOND, ENTITLED),
                facts(BY_GIT, Answer.PROVED, MISSING, BEYOND, ENTITLED),
                facts(BY_GIT, Answer.PROVED, roleThatMay(READS_SECRETS), BEYOND, ENTITLED),
                facts(
                        BY_GIT,
                        Answer.PROVED,
                        FOUND,
                        BEYOND,
                        Optional.of(new Entitlement.OutOfReach(Limit.Role, "not listed"))),
                facts(BY_GIT, Answer.PROVED, FOUND, BEYOND, Optional.of(new Entitlement.Undecided("away"))),
                withoutGuard(facts(BY_GIT, Answer.PROVED, FOUND, BEYOND, ENTITLED)));

        assertThat(wrong).allSatisfy(facts -> {
            EntryStatus judged = EntryPolicy.judge(facts).orElseThrow();
            assertThat(judged.state()).isNotEqualTo(EntryState.Eligible);
            assertThat(EntryPolicy.waitsForSomebodyToBeAsked(facts, judged))
                    .as(judged.message())
                    .isFalse();
        });
    }

    @Test
    void whatSomebodyVouchedForIsEligibleAndSaysWhoDid() {
        EntryStatus judged = EntryPolicy.judge(beyond(BY_ERIN)).orElseThrow();

        assertThat(judged.state()).isEqualTo(EntryState.Eligible);
        assertThat(judged.message())
                .isEqualTo("vouched for by erin, who may bind ClusterRole/view there (AccessReview lapse-1)");
    }

    @Test
    void whoeverVouchedMustStillBeAbleToBindIt() {
        EntryPolicy.Facts lost = beyond(BY_ERIN)
                .withEntitlement(new Entitlement.NotEntitled("namespace payments", "erin may not", "let somebody"));

        EntryStatus judged = EntryPolicy.judge(lost).orElseThrow();

        refused(
                judged,
                "AuthorNotEntitled",
                "erin may not; erin had vouched for the entry in AccessReview lapse-1: once that review is deleted, or the"
                        + " entry changes, somebody else is asked");
    }

    @Test
    void whoVouchedForAnEntryThatIsWithinTheLimitsByNowDoesNotMatter() {
        ApplierLimit limit = new ApplierLimit(Set.of(), Set.of("ClusterRole/view"), false);

        EntryStatus judged = EntryPolicy.judge(facts(BY_GIT, Answer.PROVED, FOUND, Optional.of(limit), ENTITLED)
                        .withVouching(BY_ERIN))
                .orElseThrow();

        assertThat(judged.message()).contains("ada (claimed)");
    }

    @Test
    void whatSomebodyDeniedIsRefusedWithTheirName() {
        EntryPolicy.Facts denied = beyond(new Vouching.Refused("lapse-1", Reason.ApprovalDenied, "denied by erin"));

        refused(EntryPolicy.judge(denied).orElseThrow(), "ApprovalDenied", "denied by erin");
    }

    @Test
    void whatTheAuthorOrTheOperatorMayNotBindIsRefusedWithTheAnswer() {
        refused(
                asked(new Entitlement.NotEntitled("namespace payments", "ada may not", "")),
                "AuthorNotEntitled",
                "ada may not");
        refused(asked(new Entitlement.OutOfReach(Limit.Role, "not listed")), "RoleNotGrantable", "not listed");
        refused(asked(new Entitlement.OutOfReach(Limit.Subject, "not listed")), "SubjectNotGrantable", "not listed");
    }

    @Test
    void whatCouldNotBeFoundOutIsUnknownAndNotRefused() {
        EntryStatus away = asked(new Entitlement.Undecided("the API server is away"));
        EntryStatus unguarded = judged(BY_ADA, Answer.UNKNOWN, FOUND, Optional.empty(), ENTITLED);

        assertThat(away.state()).isEqualTo(EntryState.Unknown);
        assertThat(away.reason()).isEqualTo("LookupFailed");
        assertThat(unguarded.state()).isEqualTo(EntryState.Unknown);
        assertThat(unguarded.reason()).isEqualTo("GuardNotReady");
        assertThat(unguarded.hash())
                .as("nothing is recorded of what is not known")
                .isEmpty();
    }

    private static EntryPolicy.Facts beyond(Vouching vouching) {
        return facts(BY_GIT, Answer.PROVED, FOUND, BEYOND, ENTITLED).withVouching(vouching);
    }

    private static EntryPolicy.Facts withoutGuard(EntryPolicy.Facts facts) {
        return new EntryPolicy.Facts(
                facts.entry(),
                facts.ownNamespace(),
                facts.proof(),
                facts.role(),
                facts.holds(),
                facts.limit(),
                facts.vouching(),
                false,
                facts.entitlement());
    }

    private static RoleFacts roleThatMay(Rule... rules) {
        return new RoleFacts(Map.of("", new RoleFacts.Seen("role-uid", List.of(rules))), List.of(""));
    }

    private static String accepting(String... risks) {
        String accepts = Stream.of(risks)
                .map(risk -> "{risk: " + risk + ", reason: the release needs it}")
                .collect(Collectors.joining(", "));
        return BY_ADA.replace("entitledBy", "accepts: [" + accepts + "], entitledBy");
    }

    private static void refused(EntryStatus status, String reason, String message) {
        assertThat(status.state()).isEqualTo(EntryState.Refused);
        assertThat(status.reason()).isEqualTo(reason);
        assertThat(status.message()).contains(message);
    }

    private static EntryStatus asked(Entitlement.Outcome outcome) {
        return judged(BY_ADA, Answer.PROVED, FOUND, Optional.empty(), Optional.of(outcome));
    }

    private static EntryStatus judged(
            String entry,
            Answer proof,
            RoleFacts role,
            Optional<ApplierLimit> limit,
            Optional<Entitlement.Outcome> entitlement) {
        return EntryPolicy.judge(facts(entry, proof, role, limit, entitlement)).orElseThrow();
    }

    private static EntryPolicy.Facts facts(
            String entry,
            Answer proof,
            RoleFacts role,
            Optional<ApplierLimit> limit,
            Optional<Entitlement.Outcome> entitlement) {
        IdentityFacts identity = GivenIdentity.with("eligible: [" + entry + "]");
        return new EntryPolicy.Facts(
                identity.entry("look").orElseThrow(),
                "payments",
                proof,
                role,
                Holds.NONE,
                limit,
                Vouching.UNASKED,
                true,
                entitlement);
    }
}
