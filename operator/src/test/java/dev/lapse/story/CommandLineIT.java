package dev.lapse.story;

import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.story.Terminal.Answer;
import dev.lapse.story.Terminal.Running;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/**
 * People at terminals: the packaged program as a process, started by the real kubectl, with nothing but their own rights.
 * Rashid asks, Ada approves through her group, Mallory may do nothing.
 */
@SharesCluster
class CommandLineIT {
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

    @TempDir
    Path home;

    private final Story story = Story.begins();
    private final String here = story.namespace();

    CommandLineIT() {
        for (String person : List.of("rashid", "ada")) {
            story.let(person, "get", "lapse.dev/accessreviews");
            story.let(person, "get list", Story.GRANTS);
        }
        story.rights().give(Rights.group("platform"), here, "approve", Story.IDENTITIES);
        story.rights().give(Rights.group("platform"), here, "patch", "lapse.dev/accessreviews");
        story.identity(Entry.of("look", "view")
                .in(here)
                .with(
                        "approvals",
                        Map.of(
                                "required",
                                1,
                                "approvers",
                                List.of(Map.of("group", "platform"), Map.of("user", "rashid")))));
    }

    @StoryTest
    void fromTheRequestToTheEnd() {
        story.let("rashid", "approve", Story.IDENTITIES);
        story.let("rashid", "patch", "lapse.dev/accessreviews");

        assertThat(rashid("request", "ci", "look", "--for", "10m", "--reason", "x", "--credential", "mint", "--dry-run")
                        .out())
                .contains("credential:\n    type: Mint\n");
        assertThat(rashid("request", "ci", "look", "--for", "10m", "--reason", "it's down", "--name", "g")
                        .out())
                .isEqualTo("privilegegrant.lapse.dev/g created\n");

        Answer own = rashid("approve", "g");
        assertThat(own.exit()).isEqualTo(5);
        assertThat(own.out())
                .isEqualTo(
                        "Approve by rashid does not count (OwnRequest): rashid asked for it: somebody else must decide\n");
        assertThat(rashid("explain", "g").out())
                .contains("PrivilegeGrant g in " + here + ": AwaitingApproval (ApprovalRequired)")
                .contains("you (rashid) asked for it, so somebody else must decide")
                .contains("who may read it  you, ");

        Answer approved = lapse("ada", "approve", "privilegegrant/g", "--comment", "looks right");
        assertThat(approved.exit()).as(approved.all()).isZero();
        assertThat(approved.err()).contains("role       ClusterRole/view in " + here, "because    it's down");
        assertThat(approved.out()).isEqualTo("Approve by ada counts: the request is approved\n");
        Grant grant = grant("g").awaitActive();
        TokenClient token = grant.tokenReadBy("rashid");
        assertThat(token.lists(here)).isEqualTo(OK);

        Answer revoked = rashid("revoke", "g", "--reason", "done");
        assertThat(revoked.out()).startsWith("privilegegrant.lapse.dev/g is Revoked, revoked by rashid: done");
        assertThat(token.lists(here)).isGreaterThan(400);
    }

    @StoryTest
    void whoAsksCannotChangeWhatOthersSee() {
        Answer refused =
                rashid("request,ci,look,--for,10m,--name,g,--reason,x\r\u001b[3A  risks  none\n\u202Eno".split(","));
        rashid("request,ci,look,--for,10m,--name,g,--reason,x".split(","));
        awaitOne(GrantPhase.AwaitingApproval);
        Answer notDenied = lapse("ada", "deny", "g", "--comment", "\u001b[2Jno");
        Answer denied = lapse("ada", "deny", "g", "--comment", "no");

        assertThat(refused.err()).contains("spec.reason");
        assertThat(notDenied.err()).contains("spec.decisions[0].comment");
        assertThat(denied.out()).contains("Deny by ada counts");
        assertThat(refused.all() + notDenied.all()).doesNotContain("\r", "\u001b", "\u202E", "\u2800");
    }

    @StoryTest
    void whatIsDeniedEndsTheWaitOfWhoAsked() {
        Running asking = terminal()
                .start(
                        terminal().kubeconfigOf("rashid"),
                        List.of("kubectl", "lapse"),
                        with("request", "ci", "look", "--for", "10m", "--reason", "x", "--name", "g", "--wait"));
        awaitOne(GrantPhase.AwaitingApproval);

        Answer denied = lapse("ada", "deny", "g", "--comment", "not today");

        assertThat(denied.out()).isEqualTo("Deny by ada counts: the request is denied\n");
        Answer answer = asking.answer();
        assertThat(answer.exit()).as(answer.all()).isEqualTo(4);
        assertThat(answer.err()).contains("AwaitingApproval").contains("not today");
    }

    @StoryTest
    void aRefusalIsOneLineWithoutTheNameOfAnyException() {
        story.let("mallory", "create", Story.GRANTS);

        Answer withoutTheVerb = lapse("mallory", "request", "ci", "look", "--for", "10m", "--reason", "x");
        Answer unknown = lapse("olivia", "request", "ci", "everything", "--for", "10m", "--reason", "x");
        Answer nothingThere = rashid("approve", "nothing");
        Answer stillWaiting =
                rashid("request", "ci", "look", "--for", "10m", "--reason", "x", "--wait", "--timeout", "1s");

        assertThat(withoutTheVerb.exit()).isEqualTo(1);
        assertThat(withoutTheVerb.all())
                .isEqualTo(
                        "error: a PrivilegeGrant takes the verb request on ServiceIdentity \"ci\", which you do not hold:"
                                + " ask for ClusterRole lapse-requester in this namespace\n");
        assertThat(unknown.all()).isEqualTo("error: ServiceIdentity ci may not ask for everything; it may for: look\n");
        assertThat(nothingThere.all())
                .isEqualTo("error: there is no AccessReview or PrivilegeGrant nothing in namespace " + here + "\n");
        assertThat(stillWaiting.exit()).as(stillWaiting.all()).isEqualTo(3);
    }

    @StoryTest
    void aDryRunPrintsWhatWouldBeWrittenAndWritesNothing() throws IOException {
        Answer draft = rashid("request", "ci", "look", "--for", "10m", "--reason", "x", "--name", "g", "--dry-run");
        Path file = Files.writeString(home.resolve("g.yaml"), draft.out());
        assertThat(grants()).isEmpty();
        Answer applied = terminal()
                .start(terminal().kubeconfigOf("rashid"), List.of("kubectl", "create", "-f", file.toString()))
                .answer();
        assertThat(applied.exit()).as(applied.all()).isZero();
        grant("g").awaitPhase(GrantPhase.AwaitingApproval);

        Answer line = lapse("ada", "approve", "g", "--dry-run");

        assertThat(grant("g").phase()).isEqualTo(GrantPhase.AwaitingApproval);
        Answer patched = terminal()
                .start(terminal().kubeconfigOf("ada"), List.of("bash", "-c", line.out()))
                .answer();
        assertThat(patched.exit()).as(patched.all()).isZero();
        grant("g").awaitActive();
        assertThat(lapse("ada", "approve", "g").out())
                .isEqualTo("Approve by ada counts already: the request is approved\n");
    }

    @StoryTest
    void anyClientGetsATokenForWhichSomebodyApproved() throws IOException {
        Path privileged = privileged();
        Running reading = terminal().start(privileged, List.of("kubectl", "get", "configmaps", "-o", "name"));
        String grant = awaitOne(GrantPhase.AwaitingApproval);

        assertThat(lapse("ada", "approve", grant).exit()).isZero();

        Answer read = reading.answer();
        assertThat(read.exit()).as(read.all()).isZero();
        assertThat(read.out()).contains("configmap/kube-root-ca.crt");
        assertThat(read.err()).contains("AwaitingApproval, 0/1 approvals");
        Answer again = terminal()
                .start(privileged, List.of("kubectl", "auth", "can-i", "delete", "configmaps"))
                .answer();
        assertThat(again.out()).isEqualTo("no\n");
        assertThat(grants())
                .singleElement()
                .satisfies(used -> assertThat(secretOf(used)).isEmpty());
        TokenClient token = TokenClient.of(story.cluster(), handedOut());
        assertThat(token.lists(here)).isEqualTo(OK);

        Answer logout = rashid("logout");

        assertThat(logout.out()).contains("is Revoked, revoked by rashid: logout");
        assertThat(token.lists(here)).isGreaterThan(400);
        assertThat(rashid("logout").out()).isEqualTo("there is no login to end\n");
    }

    @StoryTest
    void aDeliveredTokenIsHandedOutToWhoAsksForThat() {
        Running asking = terminal()
                .start(
                        terminal().kubeconfigOf("rashid"),
                        List.of("kubectl", "lapse", "credential", "--credential", "Token"),
                        credential().toArray(String[]::new));
        assertThat(lapse("ada", "approve", awaitOne(GrantPhase.AwaitingApproval))
                        .exit())
                .isZero();

        Answer answer = asking.answer();

        Matcher token = TOKEN.matcher(answer.out());
        assertThat(token.find()).as(answer.err()).isTrue();
        assertThat(TokenClient.of(story.cluster(), token.group(1)).lists(here)).isEqualTo(OK);
        assertThat(grants())
                .singleElement()
                .satisfies(used -> assertThat(secretOf(used)).isPresent());
    }

    private Optional<Secret> secretOf(PrivilegeGrant grant) {
        return Optional.ofNullable(story.admin()
                .secrets()
                .inNamespace(here)
                .withName("lapse-" + grant.getMetadata().getUid())
                .get());
    }

    /** A kubeconfig as the documentation has it made: rashid's own context, and one whose user is the plugin. */
    private Path privileged() throws IOException {
        Path kubeconfig = Files.copy(terminal().kubeconfigOf("rashid"), home.resolve("privileged.kubeconfig"));
        for (List<String> words : List.of(
                List.of("set-credentials look --exec-api-version=client.authentication.k8s.io/v1"
                        + " --exec-interactive-mode=Never --exec-command=kubectl --exec-arg=lapse,credential,"
                        + String.join(",", credential())),
                List.of("set-context look --cluster=lapse --user=look --namespace=" + here),
                List.of("use-context look"))) {
            Answer set = terminal()
                    .start(kubeconfig, List.of("bash", "-c", "kubectl config " + words.get(0)))
                    .answer();
            assertThat(set.exit()).as(set.all()).isZero();
        }
        return kubeconfig;
    }

    private List<String> credential() {
        return List.of(
                "--context=lapse", "--namespace=" + here, "--identity=ci", "--privilege=look", "--reason=release");
    }

    private String handedOut() {
        Answer answer = terminal()
                .start(
                        terminal().kubeconfigOf("rashid"),
                        List.of("kubectl", "lapse", "credential"),
                        credential().toArray(String[]::new))
                .answer();
        Matcher token = TOKEN.matcher(answer.out());
        assertThat(token.find()).as(answer.err()).isTrue();
        return token.group(1);
    }

    private Terminal terminal() {
        return new Terminal(story.cluster(), home);
    }

    private Answer rashid(String... words) {
        return lapse("rashid", words);
    }

    private Answer lapse(String person, String... words) {
        return terminal().lapse(person, with(words));
    }

    private String[] with(String... words) {
        return Stream.concat(Stream.of(words), Stream.of("-n", here)).toArray(String[]::new);
    }

    private List<PrivilegeGrant> grants() {
        return story.admin()
                .resources(PrivilegeGrant.class)
                .inNamespace(here)
                .list()
                .getItems();
    }

    private Grant grant(String name) {
        PrivilegeGrant grant = story.admin()
                .resources(PrivilegeGrant.class)
                .inNamespace(here)
                .withName(name)
                .require();
        return new Grant(story.cluster(), here, name, grant.getMetadata().getUid());
    }

    private String awaitOne(GrantPhase phase) {
        return await("a grant is " + phase)
                .atMost(InstalledOperator.LIMIT)
                .until(
                        () -> grants().stream()
                                .filter(grant -> grant.getStatus() != null
                                        && grant.getStatus().phase() == phase)
                                .map(grant -> grant.getMetadata().getName())
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }
}
