package dev.lapse.demo;

import dev.lapse.bench.AuditLog;
import dev.lapse.docs.ReadersShell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The story of {@code examples/just-in-time}, scene by scene: privilege that appears, is used, and is gone on time. */
final class JustInTime {
    private static final String FILES = "examples/just-in-time";
    /** So late an end would be a failure, on however busy a machine. */
    private static final Duration LATE = Duration.ofSeconds(5);

    private static final String READ_RELEASE = "kubectl get configmap release -n payments";
    private static final String RELEASE_IS_READ = "release +1 ";
    private static final String WHAT_IS_PROBED = "/api/v1/namespaces/payments/configmaps/release";

    private final ReadersShell shell;
    private final Screen screen;
    private final DemoCluster cluster;

    private final Person admin;
    private final Person ada;
    private final Person olivia;
    private final Person rashid;
    private final Person erin;

    // Who has the token of a grant.
    private final Person deployer;
    private final Person second;
    private final Person third;
    private final Person fourth;

    JustInTime(Path folder, ReadersShell shell, Screen screen) {
        this.shell = shell;
        this.screen = screen;
        admin = person("admin");
        ada = person("ada");
        olivia = person("olivia");
        rashid = person("rashid");
        erin = person("erin");
        deployer = person("deployer");
        second = person("second");
        third = person("third");
        fourth = person("fourth");
        cluster = new DemoCluster(folder, admin, screen);
    }

    /** What the later scenes need to know of the first grant. */
    private record FirstGrant(String account, Instant end) {}

    /**
     * @param start how long the start of the cluster took
     */
    void tell(Duration start) {
        prologue();
        anIdentity();
        FirstGrant first = aGrant();
        Probe probe = probe(deployer, first.end());
        itIsUsed();
        othersCannotTakeIt(first);
        nobodyAsksInAnotherName();
        aSecondGrantEndedEarly();
        aPrivilegeThatTakesAYes();
        long firstLag;
        long afterCrash;
        // The end of the first grant needs an operator that runs: on a busy machine its restart waits until then.
        if (millisUntil(first.end()) > 35_000 && start.toSeconds() < 20) {
            afterCrash = anOperatorThatIsKilled();
            firstLag = theEndOfTheFirstGrant(first, probe);
        } else {
            firstLag = theEndOfTheFirstGrant(first, probe);
            afterCrash = anOperatorThatIsKilled();
        }
        nothingIsLeft(first);
        lags(firstLag, afterCrash);
    }

    private void prologue() {
        screen.title("Lapse: privilege that is gone on time, with proof", "");
        screen.line("A real API server (" + cluster.version()
                + "), the operator as a process of its own with the rights of its own account.");
        screen.line("Every command below is run as the person named; the files are those of " + FILES + ".");
        screen.line("(The guard settles in " + System.getenv("LAPSE_GUARD_SETTLE")
                + " here; the default of 30s is for clusters with several API servers.)");
    }

    private void anIdentity() {
        scene("An identity, and who answers for it");
        admin.does("makes the two namespaces of the payments team and gives each person the least they need");
        admin.runs("kubectl apply -f " + FILES + "/01-namespaces.yaml -f " + FILES + "/02-people.yaml")
                .succeeds();
        ada.does("registers the pipeline: olivia answers for it, and it may ask for one privilege, view in payments");
        ada.runs("kubectl apply -f " + FILES + "/03-identity.yaml").succeeds();
        ada.awaits("condition=Ready", "serviceidentity/deployer");
        olivia.does("sees her pipeline: it has a privilege it may ask for, and none that it has");
        olivia.runs("kubectl get serviceidentities -n payments-ci")
                .succeeds("deployer +Ready +Pipeline +olivia +2/2 +0 ")
                .shown();
    }

    private FirstGrant aGrant() {
        scene("A grant: one minute, nobody has to approve it");
        rashid.does("asks for the privilege");
        rashid.runs("kubectl apply -f " + FILES + "/04-grant.yaml").succeeds();
        Instant asked = Instant.now();
        rashid.awaitsPhase("Active", "release-42");
        screen.say("active " + millisSince(asked) + " ms later");
        String account = "lapse-" + olivia.reads("release-42", ".metadata.uid");
        String end = olivia.reads("release-42", ".status.expiresAt");
        rashid.runs("kubectl get privilegegrants -n payments-ci")
                .succeeds("release-42 +Active +deployer +read-payments +20")
                .shown();

        rashid.does("fetches the token that was minted for it (never shown)");
        String fetch = commandThatFetches("release-42");
        screen.command(fetch);
        DeliveredToken token = DeliveredToken.in(fetched(fetch, deployer));
        String recorded = olivia.reads("release-42", ".status.credentials[0].id");
        if (!token.id().equals(recorded)) {
            throw new Unexpected("the token's jti in the grant's status: " + token.id(), recorded);
        }
        screen.say("jti " + token.id() + ", the same in token, status and audit log");
        screen.say("exp " + token.expires() + ", the least the API server issues; the grant ends it at " + end);
        return new FirstGrant(account, Instant.parse(end));
    }

    private void itIsUsed() {
        scene("Used: what it allows, and nothing else");
        deployer.does("reads what runs in payments, with that token");
        deployer.runs(READ_RELEASE).succeeds(RELEASE_IS_READ).shown();
        deployer.does("tries the same elsewhere");
        deployer.runs("kubectl get configmaps -n payments-ci")
                .isRefused("cannot list resource \"configmaps\" in API group \"\" in the namespace \"payments-ci\"");
        deployer.does("tries to change something");
        deployer.runs("kubectl delete configmap release -n payments")
                .isRefused("cannot delete resource \"configmaps\"");
    }

    private void othersCannotTakeIt(FirstGrant first) {
        scene("Others cannot take it: erin holds the built-in role edit in payments");
        erin.does("mints a token for an account of payments: Kubernetes lets every editor do that (not shown)");
        erin.runs("kubectl create token default -n payments").succeeds("^ey");
        screen.say("so the privilege is not there: it went to an account of its own,"
                + " in a namespace nobody else has rights in");
        erin.does("tries to mint a token for that account");
        erin.runs("kubectl create token " + first.account() + " -n lapse-principals")
                .isRefused("cannot create resource \"serviceaccounts/token\"");
        erin.does("tries to act as that account");
        erin.runs(READ_RELEASE + actingAs(first)).isRefused("cannot impersonate");
        erin.does("tries to read the token where it was delivered");
        erin.runs("kubectl get secret " + first.account() + " -n payments-ci")
                .isRefused("cannot get resource \"secrets\"");
    }

    private void nobodyAsksInAnotherName() {
        scene("Nobody asks in another name");
        erin.does("asks for the privilege, which only rashid may, and writes his name into requestedBy");
        erin.runs("kubectl apply -f " + FILES + "/07-refused-forged-name.yaml")
                .isRefused("spec.requestedBy must be your own user name: write \"erin\"");
    }

    private void aSecondGrantEndedEarly() {
        scene("A second grant, of ten minutes, ended early");
        rashid.does("asks, and uses it");
        rashid.runs("kubectl apply -f " + FILES + "/05-grant-ended-early.yaml").succeeds();
        rashid.awaitsPhase("Active", "release-43");
        fetched(commandThatFetches("release-43"), second);
        second.runs(READ_RELEASE).succeeds(RELEASE_IS_READ);
        rashid.does("is done after seconds, and says so");
        rashid.runs("""
                kubectl patch privilegegrant release-43 -n payments-ci --type=merge \
                -p '{"spec":{"revoked":true,"revokedBy":"rashid","revokeReason":"rollout is through"}}'""").succeeds();
        Instant asked = Instant.now();
        second.does("the same call again");
        second.retriesUntilRefused(READ_RELEASE, LATE);
        screen.say("within " + millisSince(asked) + " ms of the revocation");
        rashid.awaits("condition=AccessRemoved", "privilegegrant/release-43");
        olivia.expects("release-43", ".status.phase", "Revoked");
        olivia.expects("release-43", ".status.end.cause", "Revoked");
        olivia.expects("release-43", ".status.end.by", "rashid");
        rashid.does("reads how it ended");
        rashid.runs("kubectl get privilegegrant release-43 -n payments-ci -o 'jsonpath={.status.end.message}'")
                .succeeds("revoked by rashid: rollout is through")
                .shown();
    }

    private void aPrivilegeThatTakesAYes() {
        scene("A privilege that takes somebody's yes, and nobody else can give it");
        rashid.does("asks for half an hour");
        rashid.runs("kubectl apply -f " + FILES + "/08-grant-approved.yaml").succeeds();
        rashid.awaitsPhase("AwaitingApproval", "release-45");
        String review = rashid.awaitsField("a review of release-45", "privilegegrant", "release-45", ".status.review");
        String hash = rashid.awaitsField("its status", "accessreview", review, ".status.items[0].hash");
        rashid.runs("kubectl get accessreviews -n payments-ci")
                .succeeds(" +Open +Request +deployer +watch-payments +rashid +false +0/1 +20")
                .shown();
        // A patch that adds a verdict leaves what others said.
        String yesOfOlivia = """
                kubectl patch accessreview %s -n payments-ci --type=json \
                -p '[{"op":"add","path":"/spec/decisions/-",\
                "value":{"item":"request","by":"olivia","verdict":"Approve","itemHash":"%s"}}]'""".formatted(review, hash);

        admin.does("writes a yes in olivia's name, as the mightiest user there is");
        admin.runs(yesOfOlivia).isRefused("a verdict carries your own user name");
        String yesOfTheOperator = """
                kubectl patch accessreview %s -n payments-ci --subresource=status --type=merge \
                -p '{"status":{"phase":"Completed","outcome":"Approved"}}'""".formatted(review);
        admin.does("writes the outcome itself");
        admin.runs(yesOfTheOperator).isRefused("status is written by the operator alone");
        olivia.expects("release-45", ".status.phase", "AwaitingApproval");

        olivia.does("looks at it, and approves in her own name exactly what she saw");
        olivia.runs(yesOfOlivia).succeeds();
        Instant said = Instant.now();
        rashid.awaitsPhase("Active", "release-45");
        screen.say("active " + millisSince(said) + " ms later");
        rashid.does("fetches the token, and uses it");
        fetched(commandThatFetches("release-45"), fourth);
        fourth.runs(READ_RELEASE).succeeds(RELEASE_IS_READ);
        rashid.does("is through, and gives it back");
        rashid.runs("""
                kubectl patch privilegegrant release-45 -n payments-ci --type=merge \
                -p '{"spec":{"revoked":true,"revokedBy":"rashid"}}'""").succeeds();
        fourth.retriesUnseenUntilRefused(READ_RELEASE, LATE);
        rashid.awaits("condition=AccessRemoved", "privilegegrant/release-45");
        rashid.runs("kubectl get accessreviews -n payments-ci -o 'jsonpath={.items[0].status.verdicts[*].message}'")
                .succeeds("Approve by olivia")
                .shown();
    }

    /** Returns how many milliseconds after the end of the third grant its privilege was gone. */
    private long anOperatorThatIsKilled() {
        scene("A third grant, and an operator that is killed before it ends");
        rashid.does("asks for fifteen seconds");
        rashid.runs("kubectl apply -f " + FILES + "/06-grant-across-a-crash.yaml")
                .succeeds();
        rashid.awaitsPhase("Active", "release-44");
        fetched(commandThatFetches("release-44"), third);
        olivia.expects("release-44", ".status.dies", "ByOperator");
        Instant due = Instant.parse(olivia.reads("release-44", ".status.expiresAt"));
        screen.say(
                "until " + due + "; its status says dies: ByOperator, because no API server issues a token this short");

        admin.does("kills the operator");
        cluster.operator("kill", "the operator to be killed");
        if (millisSince(due) >= 0) {
            throw new Unexpected(
                    "an operator that is killed before the end", "the end came first: the machine is too busy");
        }
        screen.say("kill -9");
        Probe probe = probe(third, due);
        Pause.until(due.plusMillis(1500));
        third.does("calls after the end: the operator is down, and nobody took the privilege away");
        third.runs(READ_RELEASE).succeeds(RELEASE_IS_READ).shown();
        screen.say("overdue by " + millisSince(due) + " ms");

        AuditLog audit = cluster.audit();
        long place = audit.end();
        admin.does("starts the operator again");
        long restarted = millisSince(due);
        cluster.operator("start", "the operator to start again");
        third.does("calls all the time, over one open connection (dev/Prober.java)");
        Probe.Seen seen = probe.await();
        long lag = seen.first403();
        screen.atTheEnd(seen.last200(), "last call that was allowed");
        screen.atTheEnd(
                lag, "403: the privilege is gone, " + (lag - restarted) + " ms after the start of a new process");
        screen.atTheEnd(seen.first401(), "401: the token itself is dead");
        rashid.awaits("condition=AccessRemoved", "privilegegrant/release-44");

        String binding = "lapse-" + olivia.reads("release-44", ".metadata.uid");
        admin.does("reads in the API server's audit log what the operator wrote first,"
                + " but for the lease that makes it the leader");
        List<String> writes = OperatorWrites.since(place, audit);
        screen.command("grep lapse-operator logs/audit.log");
        String firstWrite = writes.isEmpty() ? "" : writes.get(0);
        if (!firstWrite.contains(" delete ") || !firstWrite.endsWith("/namespaces/payments/rolebindings/" + binding)) {
            throw new Unexpected("its first write to be the deletion of RoleBinding " + binding, firstWrite);
        }
        screen.say(firstWrite);
        return lag;
    }

    /** Returns how many milliseconds after its end the privilege was gone. */
    private long theEndOfTheFirstGrant(FirstGrant first, Probe probe) {
        scene("The end of the first grant");
        deployer.does("calls all the time, over one open connection (dev/Prober.java, no part of the operator);"
                + " the end is at " + first.end());
        Probe.Seen seen = probe.await();
        if (seen.last200() <= -1000 || seen.first403() < 0) {
            throw new Unexpected("an end that is not early", "403 at " + seen.first403() + " ms");
        }
        if (seen.first403() >= LATE.toMillis()) {
            throw new Unexpected("403 within " + LATE.toMillis() + " ms of the end", seen.first403() + " ms");
        }
        screen.atTheEnd(seen.last200(), "last call that was allowed, of " + seen.calls());
        screen.atTheEnd(seen.first403(), "403: the privilege is gone");
        screen.atTheEnd(
                seen.first401(),
                "401: the token itself is dead" + " (an API server remembers a token it has just seen for up to 10 s)");
        rashid.awaits("condition=AccessRemoved", "privilegegrant/release-42");
        olivia.does("reads the proof");
        olivia.runs("kubectl get privilegegrant release-42 -n payments-ci -o jsonpath-file=" + FILES
                        + "/proof.jsonpath")
                .succeeds()
                .shown();
        olivia.expects("release-42", ".status.phase", "Expired");
        olivia.expects("release-42", ".status.end.cause", "Expired");
        olivia.expects("release-42", ".status.end.tokenDead", "Inferred");
        olivia.expects("release-42", ".status.end.residual", "[]");
        return seen.first403();
    }

    private void nothingIsLeft(FirstGrant first) {
        scene("What is left of all four");
        admin.does("looks for what was made for the grants: accounts, tokens, bindings");
        admin.runs("kubectl get serviceaccounts,secrets,rolebindings -A -l lapse.dev/grant-uid")
                .succeeds("No resources found")
                .shown();
        admin.does("asks the API server itself");
        admin.runs("kubectl auth can-i get configmaps -n payments" + actingAs(first))
                .isNo();
    }

    private void lags(long first, long afterCrash) {
        Instant due = Instant.parse(olivia.reads("release-43", ".status.end.dueAt"));
        Instant effective = Instant.parse(olivia.reads("release-43", ".status.end.effectiveAt"));
        screen.title("The lag of each end", ", from the moment it was due to the moment the API server said no:");
        screen.lag("release-42", "its minute was over", first + " ms, measured from outside");
        screen.lag(
                "release-43", "revoked: true", Duration.between(due, effective).toMillis() + " ms, by its status");
        screen.lag(
                "release-44",
                "operator killed meanwhile",
                afterCrash + " ms, measured from outside: until it was started again nobody was there");
    }

    private void scene(String title) {
        screen.title(title, "");
    }

    private Person person(String name) {
        return new Person(name, shell, screen);
    }

    private Probe probe(Person bearer, Instant end) {
        return Probe.start(shell.kubeconfig(bearer.name()), WHAT_IS_PROBED, end);
    }

    private String commandThatFetches(String grant) {
        String secret = olivia.reads(grant, ".status.objects[?(@.kind==\"Secret\")].name");
        return "kubectl get secret " + secret + " -n payments-ci -o jsonpath='{.data.kubeconfig}' | base64 -d";
    }

    /** The kubeconfig that rashid gets, and with which the bearer calls from now on. */
    private String fetched(String command, Person bearer) {
        String kubeconfig = rashid.runsUnseen(command).succeeds().text();
        try {
            shell.giveKubeconfig(bearer.name(), kubeconfig);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return kubeconfig;
    }

    private static String actingAs(FirstGrant first) {
        return " --as=system:serviceaccount:lapse-principals:" + first.account();
    }

    private static long millisSince(Instant moment) {
        return Duration.between(moment, Instant.now()).toMillis();
    }

    private static long millisUntil(Instant moment) {
        return -millisSince(moment);
    }
}
