package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says yes or no to a request, or to a break-glass afterwards, and tells whether that counts. */
@SuppressWarnings("NullAway.Init") // picocli sets what is required
abstract class VerdictCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "REVIEW|GRANT", description = "The AccessReview, or the PrivilegeGrant that it is about.")
    private String target;

    @Option(
            names = "--hash",
            paramLabel = "HASH",
            description = "Decide only if this is still the hash of the request.")
    private @Nullable String hash;

    @Option(
            names = "--item",
            paramLabel = "ITEM",
            description = "Which item to decide, where a review has several: the name of the entry.")
    private @Nullable String item;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask at a terminal whether to go on.")
    private boolean yes;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "30s",
            description = "How long to wait for Lapse's judgement of the verdict; ${DEFAULT-VALUE} unless told.")
    private Duration timeout;

    @Mixin
    private StatedGroups groups;

    @Mixin
    private DryRun dryRun;

    @Mixin
    private Output output;

    @Mixin
    private Connection connection;

    abstract Verdict verdict();

    abstract @Nullable String comment();

    @Command(
            name = "approve",
            description = "Say yes to a request, after seeing what it is.",
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Approve extends VerdictCommand {
        @Option(names = "--comment", paramLabel = "TEXT", description = "Why, for the requester and for auditors.")
        private @Nullable String comment;

        @Override
        Verdict verdict() {
            return Verdict.Approve;
        }

        @Override
        @Nullable
        String comment() {
            return comment;
        }
    }

    @Command(
            name = "deny",
            description = "Say no to a request: one no is enough, and final.",
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Deny extends VerdictCommand {
        @Option(
                names = "--comment",
                required = true,
                paramLabel = "TEXT",
                description = "Why, for the requester and for auditors.")
        private String comment;

        @Override
        Verdict verdict() {
            return Verdict.Deny;
        }

        @Override
        String comment() {
            return comment;
        }
    }

    @Override
    public final Integer call() {
        try (KubernetesSession session = connection.open()) {
            PrintWriter err = spec.commandLine().getErr();
            RequestToDecide request =
                    new RequestToDecide(new ReviewOf(session).target(target, new Waiting(Main.clock(), err), timeout));
            err.println(request.told(Main.clock().instant()).text());
            err.flush();
            fitting(request);
            Decision decision = decision(session, request);
            if (request.isSettledBy(decision)) {
                spec.commandLine()
                        .getOut()
                        .println(output.of(
                                request.review(),
                                decision.verdict() + " by " + decision.by() + " counts already: " + request.outcome()));
                return ExitCode.DONE.number();
            }
            request.closed().ifPresent(why -> {
                throw Failure.because(why);
            });
            JsonPatch patch = request.patch(decision);
            if (dryRun.isClient()) {
                spec.commandLine()
                        .getOut()
                        .println(patch.kubectl("accessreviews", request.name(), session.namespace()));
                return ExitCode.DONE.number();
            }
            if (!yes && !dryRun.isServer()) {
                Confirmation.ofThisProcess(err).orNothing(verdict() + " this?");
            }
            return written(session, request, decision, patch);
        }
    }

    private int written(KubernetesSession session, RequestToDecide request, Decision decision, JsonPatch patch) {
        AccessReview after = request.holds(decision)
                ? request.review()
                : session.patch(AccessReview.class, request.name(), patch.json(), dryRun.isServer());
        PrintWriter out = spec.commandLine().getOut();
        if (dryRun.isServer()) {
            out.println(
                    output.of(after, decision.verdict() + " by " + decision.by() + " would be taken" + dryRun.mark()));
            return ExitCode.DONE.number();
        }
        long generation = Objects.requireNonNullElse(after.getMetadata().getGeneration(), 0L);
        RequestToDecide seen = new Waiting(Main.clock(), spec.commandLine().getErr())
                .until(
                        timeout,
                        () -> new RequestToDecide(session.review(request.name()).orElse(after)),
                        now -> judged(now, decision, generation).isPresent(),
                        now -> "the verdict is written; Lapse has not judged it yet");
        Optional<SeenVerdict> judgement = judged(seen, decision, generation);
        if (judgement.isEmpty()) {
            throw Failure.with(
                    ExitCode.TIMED_OUT,
                    "the verdict is written, but Lapse has not judged it within " + Spans.about(timeout));
        }
        out.println(output.of(seen.review(), sentence(seen, judgement.get())));
        return (judgement.get().counts() ? ExitCode.DONE : ExitCode.DOES_NOT_COUNT).number();
    }

    private static Optional<SeenVerdict> judged(RequestToDecide now, Decision decision, long generation) {
        return Objects.requireNonNullElse(now.review().getMetadata().getGeneration(), 0L) < generation
                ? Optional.empty()
                : now.judged(decision);
    }

    private static String sentence(RequestToDecide seen, SeenVerdict judgement) {
        return judgement.counts()
                ? judgement.verdict() + " by " + judgement.by() + " counts: " + seen.outcome()
                : judgement.verdict() + " by " + judgement.by() + " does not count (" + judgement.reason() + "): "
                        + judgement.message();
    }

    private void fitting(RequestToDecide request) {
        if (request.review().getSpec().campaign()) {
            throw Failure.because(
                    "AccessReview " + request.name()
                            + " is a campaign, which takes no verdicts: decide the reviews that it opened, kubectl get accessreviews -A");
        }
        boolean afterwards = verdict() == Verdict.Keep || verdict() == Verdict.Revoke;
        if (afterwards && !request.isAfterwards()) {
            throw Failure.because("AccessReview " + request.name()
                    + " asks before the fact: kubectl lapse approve, or kubectl lapse deny");
        }
        if (!afterwards && request.isAfterwards()) {
            throw Failure.because("AccessReview " + request.name()
                    + " is decided after the fact: kubectl lapse review keep, or kubectl lapse review revoke");
        }
    }

    private Decision decision(KubernetesSession session, RequestToDecide request) {
        AccessReviewSpec asked = request.review().getSpec();
        String decided = itemOf(asked);
        String hashNow = Objects.requireNonNull(asked.itemHashes().get(decided), "every item has a hash");
        if (hash != null && !hash.equals(hashNow)) {
            throw Failure.because(
                    "the request's hash is " + hashNow + ", not " + hash + ": it is not what you looked at");
        }
        List<String> chosen = groups.checked();
        Person me = session.whoAmI();
        List<String> stated = chosen.isEmpty()
                ? NeededGroups.of(me, asked.listedReviewers(), session.may(request.verb(), asked.identity()))
                : chosen;
        return new Decision(decided, me.user(), stated.isEmpty() ? null : stated, verdict(), hashNow, comment());
    }

    private String itemOf(AccessReviewSpec asked) {
        List<String> items = List.copyOf(asked.itemHashes().keySet());
        if (item != null && !items.contains(item)) {
            throw Failure.because("there is no item " + item + "; there are " + String.join(", ", items));
        }
        if (item == null && items.size() > 1) {
            throw Failure.because("say which with --item: " + String.join(", ", items));
        }
        return item == null ? items.get(0) : item;
    }
}
