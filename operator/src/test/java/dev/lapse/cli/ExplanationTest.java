package dev.lapse.cli;

import static dev.lapse.cli.GivenObjects.grant;
import static dev.lapse.cli.GivenObjects.identity;
import static dev.lapse.cli.GivenObjects.review;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.Rule;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.cli.SecretReaders.Given;
import dev.lapse.cli.SecretReaders.Subject;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplanationTest {
    private static final Instant NOW = Instant.parse("2026-12-01T08:00:00Z");
    private static final Person ADA = new Person("ada", List.of("platform"));

    @Test
    void whatAwaitsApprovalTellsWhoMayDecideAndWhetherOneIsAmongThem() {
        PrivilegeGrant grant = grant("AwaitingApproval", "ApprovalRequired");

        String told = explained(grant, ADA, true);

        assertThat(told)
                .startsWith("PrivilegeGrant g1 in payments-ci: AwaitingApproval (ApprovalRequired)\n")
                .contains("  why       so it is\n")
                .contains("next      1/2 approvals; whoever may decide: kubectl lapse approve g1 -n payments-ci")
                .contains("who       ada, group platform; each also needs the verb approve on ServiceIdentity ci")
                .contains("you       you (ada) hold the verb approve");
    }

    @Test
    void whoAskedIsToldThatSomebodyElseDecides() {
        assertThat(explained(grant("AwaitingApproval", "ApprovalRequired"), new Person("rashid", List.of()), true))
                .contains("you (rashid) asked for it, so somebody else must decide");
    }

    @Test
    void whoIsNoReviewerIsTold() {
        assertThat(explained(grant("AwaitingApproval", "ApprovalRequired"), new Person("erin", List.of()), true))
                .contains("you (erin) hold the verb approve, but are none of the reviewers");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Pending          | GuardNotReady    | it goes on once the guard stands
            Pending          | IdentityNotFound | somebody creates ServiceIdentity ci in namespace payments-ci
            Pending          | SomethingNew     | docs/runbooks/grant-does-not-start.md
            Active           | Active           | kubectl get secret lapse-11111111-2222-3333-4444-555555555555 -n payments-ci
            Denied           | DurationTooLong  | kubectl lapse request ci look --for 30m
            Expired          | Ended            | it is over
            Revoking         | StepFailed       | Lapse takes its access away
            Failed           | NameTaken        | somebody else's object has its name
            """)
    void eachStateHasANextStep(String phase, String reason, String next) {
        assertThat(next(grant(phase, reason))).contains(next);
    }

    @Test
    void whoAskedIsToldHowToMint() {
        assertThat(next(GivenObjects.grantOfType("Mint", "{phase: Active}")))
                .startsWith("rashid alone uses it: kubectl create token lapse-11111111-2222-3333-4444-555555555555"
                        + " -n lapse-principals --duration 10m");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
            {type: Token}                               ; '{.data.kubeconfig}' | base64 -d
            {type: Token, audiences: [vault]}           ; '{.data.token}' | base64 -d
            {type: Token, encryptTo: c}                 ; '{.data.kubeconfig\\.cms}' | base64 -d | openssl cms -decrypt -inform PEM -inkey KEY.pem
            {type: Token, audiences: [v], encryptTo: c} ; '{.data.token\\.cms}' | base64 -d | openssl cms -decrypt -inform PEM -inkey KEY.pem
            """)
    void theCommandReadsWhatTheSecretReallyHolds(String credential, String command) {
        assertThat(NextStep.of(GivenObjects.grantWith(credential, "{phase: Active}"), Optional.empty()))
                .containsExactly(
                        "use it: kubectl get secret lapse-11111111-2222-3333-4444-555555555555 -n payments-ci -o jsonpath="
                                + command,
                        "end it early: kubectl lapse revoke g1 -n payments-ci");
    }

    @Test
    void whatNobodyLookedAtHasNoOperator() {
        assertThat(next(grant("null"))).contains("no operator runs");
    }

    @Test
    void programsReadTheSameAsPeople() {
        Map<String, Object> data = Explanation.of(identity(), ": Ready")
                .line("who may read it", "ada")
                .line("verdict", "one")
                .line("verdict", "two")
                .data();

        assertThat(data)
                .isEqualTo(Map.of(
                        "about",
                        "ServiceIdentity ci in payments-ci: Ready",
                        "whoMayReadIt",
                        "ada",
                        "verdict",
                        List.of("one", "two")));
    }

    @Test
    void anIdentityTellsWhatItMayAskFor() {
        String told = new IdentityExplanation(identity(), List.of(), ADA, "approve"::equals)
                .told()
                .text();

        assertThat(told)
                .startsWith("ServiceIdentity ci in payments-ci: Ready, 1 grants active\n")
                .contains("look: ClusterRole/view in payments, 1 approvals; it can be granted")
                .contains(
                        "fix: ClusterRole/edit in the whole cluster, approvals as its profile says; Refused (AuthorMissing): nobody wrote it")
                .contains("you (ada) may not ask for its grants, and may approve them")
                .contains("kubectl lapse request ci look --for 30m");
    }

    @Test
    void whoMayTakeItByBreakGlassIsToldThat() {
        ServiceIdentity breakable = Serialization.unmarshal("""
                metadata: {name: ci, namespace: payments-ci}
                spec:
                  actorType: Pipeline
                  subject: {serviceAccount: {name: ci}}
                  eligible:
                    - {name: look, role: {kind: ClusterRole, name: view}, clusterWide: true, breakGlass: {maxDuration: 1h}}
                """, ServiceIdentity.class);

        String told = new IdentityExplanation(breakable, List.of(), ADA, "breakglass"::equals)
                .told()
                .text();

        assertThat(told)
                .contains(
                        "you (ada) may not ask for its grants, may take them by break-glass, and may not approve them");
    }

    @Test
    void whatSomebodyWroteStaysInItsLine() {
        PrivilegeGrant spoofed = Serialization.unmarshal(
                Serialization.asJson(grant("{phase: Active}")).replace("a fault", "x\\n  next  all is well\\u202e"),
                PrivilegeGrant.class);

        String told = explained(spoofed, ADA, true);

        assertThat(told).contains("because   x next all is well (INC-7)\n");
    }

    @Test
    void readersOfASecretAreThoseWhoseRulesReachIt() {
        List<Given> given = List.of(
                new Given("Role/all", List.of(user("rashid"), group("payments-dev"), group("system:masters"))),
                new Given("Role/this", List.of(user("olivia"))),
                new Given("Role/other", List.of(user("mallory"))),
                new Given("Role/lost", List.of(user("argo"))),
                new Given("ClusterRole/cluster", List.of(user("system:kube-controller-manager"))));
        Map<String, List<Rule>> roles = Map.of(
                "Role/all", List.of(rule("list", "secrets", List.of())),
                "Role/this", List.of(rule("get", "secrets", List.of("lapse-1"))),
                "Role/other",
                        List.of(
                                rule("get", "secrets", List.of("lapse-2")),
                                rule("create", "secrets", List.of()),
                                rule("get", "configmaps", List.of())),
                "ClusterRole/cluster", List.of(rule("*", "*", List.of())));

        List<String> told = SecretReaders.of("lapse-1", given, roles, List.of("clusterroles"))
                .told("you, ");

        assertThat(String.join("\n", told))
                .startsWith("you, group payments-dev, group system:masters, olivia, rashid; and 1 of Kubernetes itself")
                .endsWith("not the whole answer: you may not list clusterroles");
    }

    @Test
    void whatRestsOnAWaiverTellsWhoseWordItIs() {
        String told = explained(
                grant("{phase: Active, waivers: [{duties: [prepare, release], waivedBy: erin, until:"
                        + " 2026-12-02T00:00:00Z, reason: two are ill, conflict: c}]}"),
                ADA,
                true);

        assertThat(told)
                .contains(
                        "waived    duties prepare and release waived by erin until 2026-12-02T00:00:00Z because two are ill");
    }

    @Test
    void anIdentityTellsWhichOfItsWaiversHold() {
        ServiceIdentity waived = Serialization.unmarshal("""
                metadata: {name: ci, namespace: payments-ci}
                spec: {actorType: Pipeline, subject: {serviceAccount: {name: ci}}}
                status:
                  phase: Ready
                  waivers:
                    - {duties: [prepare, release], hash: a, nameProved: true, state: Refused, reason: WaiverEnded, message: it ended}
                """, ServiceIdentity.class);

        String told = new IdentityExplanation(waived, List.of(), ADA, "approve"::equals)
                .told()
                .text();

        assertThat(told).contains("of duties prepare and release: Refused (WaiverEnded): it ended");
    }

    private static String explained(PrivilegeGrant grant, Person me, boolean mayApprove) {
        return new GrantExplanation(
                        grant,
                        Optional.of(new RequestToDecide(review("[]", "[]"))),
                        me,
                        mayApprove,
                        true,
                        Optional.empty(),
                        NOW)
                .told()
                .text();
    }

    private static String next(PrivilegeGrant grant) {
        return String.join("\n", NextStep.of(grant, Optional.empty()));
    }

    private static Rule rule(String verb, String resource, List<String> names) {
        return new Rule(List.of(""), List.of(resource), List.of(verb), names, List.of());
    }

    private static Subject user(String name) {
        return new Subject("User", Optional.empty(), name);
    }

    private static Subject group(String name) {
        return new Subject("Group", Optional.empty(), name);
    }
}
