package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.AccessOracle.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessVerificationTest {
    private static final UserInfo BOT = UserInfo.of("system:serviceaccount:shop:bot", List.of());
    private static final Rule READS =
            new Rule(List.of(""), List.of("configmaps", "pods"), List.of("get", "list"), List.of(), List.of());
    private static final AccessOracle NOTHING_LEFT = (who, what, namespace) -> new Answer(Verdict.Denied, "");

    @Test
    void accessIsRemovedWhenEveryQuestionIsAnsweredWithNo() {
        ResidualAccess left = AccessVerification.check(BOT, List.of(READS), List.of("a", "b"), 50, NOTHING_LEFT);

        assertThat(left).isEqualTo(new ResidualAccess(8, 8, List.of(), false));
        assertThat(left.removed()).isTrue();
    }

    @Test
    void whatIsNotAskedIsCounted() {
        ResidualAccess left = AccessVerification.check(BOT, List.of(READS), List.of("a", "b"), 3, NOTHING_LEFT);

        assertThat(left).isEqualTo(new ResidualAccess(6, 8, List.of(), false));
    }

    @Test
    void aPermissionWrittenTwiceIsOneQuestion() {
        ResidualAccess left = AccessVerification.check(BOT, List.of(READS, READS), List.of("a"), 4, NOTHING_LEFT);

        assertThat(left).isEqualTo(new ResidualAccess(4, 4, List.of(), false));
    }

    @Test
    void whatStillAllowsIsNamedOnceInTheAuthorizersWords() {
        AccessOracle oracle = (who, what, namespace) -> what.verb().equals("list")
                ? new Answer(Verdict.Allowed, "RBAC: allowed by RoleBinding \"old/" + namespace.orElse("") + "\"")
                : new Answer(Verdict.Denied, "");

        ResidualAccess left = AccessVerification.check(BOT, List.of(READS), List.of("a", "b"), 50, oracle);

        assertThat(left.residual())
                .containsExactly("RBAC: allowed by RoleBinding \"old/a\"", "RBAC: allowed by RoleBinding \"old/b\"");
        assertThat(left.removed()).isFalse();
    }

    @Test
    void whatAllowsWithoutAReasonIsNamedAllTheSame() {
        AccessOracle oracle = (who, what, namespace) -> new Answer(Verdict.Allowed, " ");

        ResidualAccess left = AccessVerification.check(BOT, List.of(READS), List.of("a"), 1, oracle);

        assertThat(left.residual()).containsExactly("allowed without a reason: get configmaps in namespace a");
    }

    @Test
    void anUnansweredQuestionLeavesItOpenAndEndsTheQuestionsThere() {
        AccessOracle oracle = (who, what, namespace) ->
                namespace.equals(Optional.of("a")) && what.resource().equals("pods")
                        ? new Answer(Verdict.Unknown, "timeout")
                        : new Answer(Verdict.Denied, "");

        ResidualAccess left = AccessVerification.check(BOT, List.of(READS), List.of("a", "b"), 50, oracle);

        assertThat(left).isEqualTo(new ResidualAccess(5, 8, List.of(), true));
        assertThat(left.removed()).isFalse();
    }

    @Test
    void sixteenAreNamedAtMost() {
        AccessOracle oracle = (who, what, namespace) -> new Answer(Verdict.Allowed, namespace.orElse(""));
        List<String> namespaces = IntStream.range(0, 40).mapToObj(i -> "n" + i).toList();

        ResidualAccess left = AccessVerification.check(BOT, List.of(READS), namespaces, 1, oracle);

        assertThat(left.residual()).hasSize(16).startsWith("n0").endsWith("n15");
    }

    @ParameterizedTest
    @CsvSource({"x, 253, 253", "x, 254, 253", "😀, 127, 253", "x😀xx, 100, 252"})
    void aLongReasonIsCutBetweenCharacters(String unit, int times, int length) {
        AccessOracle oracle = (who, what, namespace) -> new Answer(Verdict.Allowed, unit.repeat(times));

        String text = AccessVerification.check(BOT, List.of(READS), List.of("a"), 1, oracle)
                .residual()
                .get(0);

        assertThat(text).hasSizeLessThanOrEqualTo(253).hasSize(length);
        assertThat(text.codePoints()).noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    @Test
    void aReasonThatJustFitsIsWhole() {
        AccessOracle oracle = (who, what, namespace) -> new Answer(Verdict.Allowed, "x".repeat(253));

        assertThat(AccessVerification.check(BOT, List.of(READS), List.of("a"), 1, oracle)
                        .residual())
                .containsExactly("x".repeat(253));
    }

    @Test
    void aUrlIsAskedOnlyWhereTheBindingGaveIt() {
        Rule url = new Rule(List.of(), List.of(), List.of("get"), List.of(), List.of("/metrics"));
        AccessOracle everything = (who, what, namespace) -> new Answer(Verdict.Allowed, what.describe());

        assertThat(AccessVerification.check(BOT, List.of(url), List.of("a"), 50, everything)
                        .residual())
                .isEmpty();
        assertThat(AccessVerification.check(BOT, List.of(url), List.of(), 50, everything)
                        .residual())
                .containsExactly("get /metrics");
    }

    @Test
    void whatIsLeftOfAWildcardIsFound() {
        Rule everything = new Rule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of());
        Rule readsSecrets = new Rule(List.of(""), List.of("secrets"), List.of("get"), List.of(), List.of());
        RbacOracle oracle = new RbacOracle().in("a", List.of(readsSecrets));

        ResidualAccess left = AccessVerification.check(BOT, List.of(everything), List.of("a"), 50, oracle);

        assertThat(left.removed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // A wildcard asked for as such, and its examples in the core group, which alone are known to exist.
        "'', *, get, 'get *, get configmaps, get pods, get secrets'",
        "*, secrets, get, 'get secrets.*, get secrets'",
        "'', secrets, *, '* secrets, create secrets, delete secrets, get secrets, update secrets'",
        "apps, *, get, get *.apps",
        "apps, deployments, *, '* deployments.apps, create deployments.apps, delete deployments.apps, get deployments.apps, update deployments.apps'",
        "apps, deployments, get, get deployments.apps"
    })
    void aWildcardIsAskedAboutByExampleToo(String apiGroup, String resource, String verb, String questions) {
        Rule rule = new Rule(List.of(apiGroup), List.of(resource), List.of(verb), List.of(), List.of());
        List<String> asked = new ArrayList<>();

        AccessVerification.check(BOT, List.of(rule), List.of("a"), 50, (who, what, namespace) -> {
            asked.add(what.describe());
            return new Answer(Verdict.Denied, "");
        });

        assertThat(asked).containsExactlyInAnyOrder(questions.split(", "));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void isRemovedOnlyIfEachQuestionWasDenied(long seed) {
        Random random = new Random(seed);
        GeneratedRules generated = new GeneratedRules(random);
        for (int i = 0; i < 3_000; i++) {
            List<Rule> rules = generated.next(3);
            List<Verdict> answers = new ArrayList<>();
            int trouble = random.nextInt(40);
            AccessOracle oracle = (who, what, namespace) -> {
                Verdict verdict = answers.size() == trouble
                        ? Verdict.values()[random.nextInt(Verdict.values().length)]
                        : Verdict.Denied;
                answers.add(verdict);
                return new Answer(verdict, "");
            };

            ResidualAccess left =
                    AccessVerification.check(BOT, rules, random.nextBoolean() ? List.of() : List.of("a"), 30, oracle);

            assertThat(left.removed()).isEqualTo(answers.stream().allMatch(Verdict.Denied::equals));
            assertThat(left.asked()).isLessThanOrEqualTo(left.total());
        }
    }
}
