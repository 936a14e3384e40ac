package dev.lapse.grant.request;

import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.SeparationOfDuties.Conflict;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.UsedWaiver;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import dev.lapse.grant.DutyFinding;
import dev.lapse.grant.DutyFinding.Answer;
import dev.lapse.grant.DutyFinding.Clash;
import dev.lapse.grant.GrantLife;
import dev.lapse.grant.Scene;
import dev.lapse.guard.GuardState;
import dev.lapse.review.Aliases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose word lets a grant begin in spite of conflicting duties. The scene's grant is olivia's, for an hour from 10:00. */
class DutyWaiversTest {
    private static final Clash CLASH =
            Clash.certain(new Conflict("prepare", "release", "four eyes"), "nobody holds the duties together");
    private static final Clash SECOND =
            Clash.certain(new Conflict("release", "audit", "four eyes"), "nobody holds these either");
    private static final Aliases ALIASES = new Aliases(List.of(List.of("olivia", "olivia-adm")))
            .behind(name -> Optional.ofNullable(name.endsWith("olivias-bot") ? "olivia" : null));

    private final List<String> asked = new ArrayList<>();
    private Verdict governs = Verdict.Allowed;

    private static String waiver(String by, String until) {
        return "{duties: [release, prepare], reason: the quarter, until: " + until + ", waivedBy: " + by + "}";
    }

    private DutyFinding judged(Scene scene, Clash... found) {
        AccessOracle oracle = (who, what, namespace) -> {
            asked.add(who.user());
            return new AccessOracle.Answer(governs, "no answer");
        };
        return new DutyWaivers(oracle, ALIASES, Duration.ofDays(90))
                .judge(scene.facts(), List.of(() -> List.of(found)), NOW);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ada               | 2026-11-02T11:00:00Z | Separate | ''
            ada               | 2026-11-02T10:59:59Z | Conflict | and this grant would end at 2026-11-02T11:00:00Z: ask for at most 59m, or with notAfter: 2026-11-02T10:59:59Z
            ada               | 2026-11-02T10:00:40Z | Conflict | ask for at most 40s
            ada               | 2026-11-02T10:00:00Z | Conflict | It is waived there, but the waiver ended at
            ada               | 2027-03-01T10:00:00Z | Conflict | more than 90d ahead
            olivia            | 2026-11-02T12:00:00Z | Conflict | olivia asks for this grant: somebody else must waive it
            olivia-adm        | 2026-11-02T12:00:00Z | Conflict | olivia-adm is the same person as olivia, who asks for this grant
            olivias-bot       | 2026-11-02T12:00:00Z | Conflict | olivias-bot is the same person as olivia
            system:serviceaccount:payments:ci | 2026-11-02T12:00:00Z | Conflict | is the identity itself, which waives nothing
            """)
    void whoWaivesAndUntilWhen(String by, String until, Answer answer, String words) {
        DutyFinding found =
                judged(Scene.inOrder().identity("waivers", "[" + waiver("'" + by + "'", until) + "]"), CLASH);

        assertThat(found.answer()).as(found.why()).isEqualTo(answer);
        assertThat(found.why()).contains(words);
        assertThat(found.onRecord()).hasSize(answer == Answer.Separate ? 1 : 0);
    }

    @Test
    void anAccountThatAsksIsWhoeverAnswersForIt() {
        Scene scene = Scene.inOrder()
                .identity("waivers", "[" + waiver("olivia", "2026-11-02T12:00:00Z") + "]")
                .grant("requestedBy", "system:serviceaccount:payments:olivias-bot");

        assertThat(judged(scene, CLASH).why()).contains("olivia is the same person as");
    }

    @Test
    void withoutAWaiverItSaysThatSomebodyMayWriteOne() {
        DutyFinding found = judged(Scene.inOrder(), CLASH);

        assertThat(found.answer()).isEqualTo(Answer.Conflict);
        assertThat(found.why())
                .startsWith(CLASH.why())
                .contains("who holds the verb govern on ServiceIdentity ci waives it in spec.waivers");
        assertThat(asked).isEmpty();
    }

    @Test
    void eachConflictNeedsAWaiverNotOnlyTheFirst() {
        Scene one = Scene.inOrder().identity("waivers", "[" + waiver("ada", "2026-11-02T12:00:00Z") + "]");
        Scene both = Scene.inOrder()
                .identity(
                        "waivers",
                        "[" + waiver("ada", "2026-11-02T12:00:00Z") + ", "
                                + waiver("erin", "2026-11-02T12:00:00Z").replace("prepare", "audit") + "]");

        assertThat(judged(one, CLASH, SECOND).why()).startsWith(SECOND.why());
        assertThat(judged(both, CLASH, SECOND, CLASH).onRecord())
                .extracting(UsedWaiver::waivedBy)
                .containsExactly("ada", "erin");
    }

    @Test
    void ofTwoThatWaiveTheSameTheOneThatHoldsCounts() {
        DutyFinding found = judged(
                Scene.inOrder()
                        .identity(
                                "waivers",
                                "[" + waiver("olivia", "2026-11-02T12:00:00Z") + ", "
                                        + waiver("ada", "2026-11-02T12:00:00Z") + "]"),
                CLASH);

        assertThat(found.onRecord()).extracting(UsedWaiver::waivedBy).containsExactly("ada");
    }

    @Test
    void whoDoesNotGovernWaivesNothingAndWhatIsNotKnownIsWaitedFor() {
        Scene scene = Scene.inOrder().identity("waivers", "[" + waiver("ada", "2026-11-02T12:00:00Z") + "]");
        governs = Verdict.Denied;
        DutyFinding denied = judged(scene, CLASH);
        governs = Verdict.Unknown;
        DutyFinding unknown = judged(scene, CLASH);

        assertThat(denied.answer()).isEqualTo(Answer.Conflict);
        assertThat(denied.why()).contains("ada does not hold the verb govern");
        assertThat(unknown.answer()).isEqualTo(Answer.Unknown);
        assertThat(asked).containsExactly("ada", "ada");
    }

    @Test
    void aWaiverThatWasWrittenWhileTheGuardDidNotStandIsWorthNothing() {
        Scene scene = Scene.inOrder()
                .identity("waivers", "[" + waiver("ada", "2026-11-02T12:00:00Z") + "]")
                .guard(GuardState.ready("epoch-2", NOW.minusSeconds(60), Duration.ofSeconds(30)));

        assertThat(judged(scene, CLASH).why()).contains("written while the guard did not stand");
        assertThat(asked).isEmpty();
    }

    @Test
    void whatCouldNotBeFoundOutIsNotWaived() {
        DutyFinding found = judged(
                Scene.inOrder().identity("waivers", "[" + waiver("ada", "2026-11-02T12:00:00Z") + "]"),
                new Clash(CLASH.conflict(), "nobody knows", false));

        assertThat(found.answer()).isEqualTo(Answer.Unknown);
    }

    @Test
    void aGrantThatBeginsLaterMustEndInTimeAllTheSame() {
        Scene scene = Scene.inOrder()
                .identity("waivers", "[" + waiver("ada", "2026-11-02T12:00:00Z") + "]")
                .grant("notBefore", "2026-11-02T11:30:00Z");

        assertThat(judged(scene, CLASH).why()).contains("would end at 2026-11-02T12:30:00Z: ask for at most 30m");
    }

    @Test
    void approversSeeItAndAnotherWaiverIsAnotherRequest() {
        Scene without = Scene.inOrder().entry("approvals", "{required: 1}");
        RequestReview plain = RequestReview.of(without.facts(), NOW).orElseThrow();
        RequestReview one = RequestReview.of(
                        without.waivers("[" + waiver("ada", "2026-11-02T12:00:00Z") + "]")
                                .facts(),
                        NOW)
                .orElseThrow();
        RequestReview longer = RequestReview.of(
                        without.waivers("[" + waiver("ada", "2026-11-03T12:00:00Z") + "]")
                                .facts(),
                        NOW)
                .orElseThrow();

        assertThat(plain.spec().requested().waivers()).isNull();
        assertThat(one.spec().requested().waivers())
                .extracting(ReviewedRequest.Waiver::describe)
                .containsExactly(
                        "duties release and prepare waived by ada until 2026-11-02T12:00:00Z because the quarter");
        assertThat(List.of(plain.name(), one.name(), longer.name())).doesNotHaveDuplicates();
    }

    @Test
    void statusKeepsWhatItRestsOn() {
        GrantLife life =
                GrantLife.of(Scene.inOrder().duties(null).waivers("[" + waiver("ada", "2026-11-02T12:00:00Z") + "]"));
        life.cluster.waived = List.of(new DutyFinding.Waived(
                CLASH, life.scene.identityFacts().orElseThrow().waivers().get(0)));

        life.settle().settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Active);
        assertThat(life.status().waivers())
                .containsExactly(new UsedWaiver(
                        List.of("release", "prepare"),
                        "ada",
                        NOW.plus(Duration.ofHours(2)),
                        "the quarter",
                        CLASH.why()));
    }
}
