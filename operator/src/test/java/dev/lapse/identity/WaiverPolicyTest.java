package dev.lapse.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.Permission;
import dev.lapse.access.SeparationOfDuties;
import dev.lapse.access.SeparationOfDuties.Conflict;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverStatus;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof.Answer;
import dev.lapse.guard.Seal;
import dev.lapse.memory.Holds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a waiver holds, and what its identity's status says of it. */
class WaiverPolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");
    private static final Duration LONGEST = Duration.ofDays(90);
    private static final GuardState GUARD =
            GuardState.ready("epoch-1", Instant.parse("2026-10-01T00:00:00Z"), Duration.ofSeconds(30));
    private static final SeparationOfDuties DUTIES =
            new SeparationOfDuties(List.of(), List.of(new Conflict("prepare", "release", "four eyes")));

    private static IdentityFacts waived(String until) {
        return GivenIdentity.with("""
                waivers:
                  - duties: [release, prepare]
                    reason: closing the quarter
                    until: %s
                    waivedBy: ada
                    waivedByAs: [platform]
                """.formatted(until));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2026-11-02T10:00:01Z | PROVED   | Allowed | Valid   | Waived            | waived by ada until 2026-11-02T10:00:01Z because closing the quarter
            2027-01-31T10:00:00Z | PROVED   | Allowed | Valid   | Waived            | until 2027-01-31
            2027-01-31T10:00:01Z | PROVED   | Allowed | Refused | WaiverTooLong     | more than 90d ahead (setting longest-waiver): ada must write an earlier until
            2026-11-02T10:00:00Z | PROVED   | Allowed | Refused | WaiverEnded       | ended at 2026-11-02T10:00:00Z
            2026-12-01T00:00:00Z | UNPROVED | Allowed | Refused | NameUnproved      | ada must change it once more
            2026-12-01T00:00:00Z | UNKNOWN  | Allowed | Unknown | GuardNotReady     | the name in waivedBy is not proved
            2026-12-01T00:00:00Z | PROVED   | Denied  | Refused | WaiverNotGoverned | ada does not hold the verb govern on the identity
            2026-12-01T00:00:00Z | PROVED   | Unknown | Unknown | LookupFailed      | it could not be found out whether ada holds the verb govern
            """)
    void aWaiverHoldsIfItIsProvedAndNeitherOverNorTooLongAndItsAuthorGoverns(
            String until, Answer proof, Verdict governs, WaiverState state, String reason, String words) {
        WaiverFacts waiver = waived(until).waivers().get(0);

        WaiverPolicy.Judgement found =
                WaiverPolicy.judge(waiver, proof, LONGEST, () -> new AccessOracle.Answer(governs, "no answer"), NOW);

        assertThat(found.state()).isEqualTo(state);
        assertThat(found.reason().name()).isEqualTo(reason);
        assertThat(found.message()).contains(words);
    }

    @Test
    void itsAuthorIsAskedAboutWithTheGroupsBesideTheName() {
        IdentityFacts identity = waived("2026-12-01T00:00:00Z");
        List<String> asked = new ArrayList<>();
        AccessOracle oracle = (who, what, namespace) -> {
            asked.add(who.user() + " " + who.groups() + " " + what.describe() + " " + namespace.orElse(""));
            return new AccessOracle.Answer(Verdict.Allowed, "");
        };

        AccessOracle.Answer answer =
                WaiverPolicy.asking(oracle, identity, identity.waivers().get(0)).get();

        assertThat(answer.verdict()).isEqualTo(Verdict.Allowed);
        assertThat(asked)
                .containsExactly("ada [platform, system:authenticated] "
                        + Permission.onResource("govern", "lapse.dev", "serviceidentities", "ci")
                                .describe()
                        + " payments");
    }

    @Test
    void whatSettingsDoNotDeclareIsNothingToWaive() {
        IdentityFacts identity = GivenIdentity.with(
                "waivers: [{duties: [prepare, relaese], reason: r, until: 2026-12-01T00:00:00Z, waivedBy: ada}]");

        WaiverStatus status = judged(identity, Verdict.Allowed).get(0);

        assertThat(status.state()).isEqualTo(WaiverState.Refused);
        assertThat(status.message()).contains("no conflict between duties prepare and relaese");
    }

    @Test
    void theApiServerIsAskedOnceAboutEachWaiverAndAgainWhereItDidNotKnow() {
        IdentityFacts identity = waived("2026-12-01T00:00:00Z");
        List<Verdict> answers = new ArrayList<>(List.of(Verdict.Unknown, Verdict.Allowed));
        KubernetesWaivers waivers = new KubernetesWaivers(
                (who, what, namespace) -> new AccessOracle.Answer(answers.remove(0), ""), DUTIES, LONGEST);

        List<WaiverState> states = List.of(
                waivers.judge(identity, GUARD, NOW).get(0).state(),
                waivers.judge(identity, GUARD, NOW).get(0).state(),
                waivers.judge(identity, GUARD, NOW).get(0).state());

        assertThat(states).containsExactly(WaiverState.Unknown, WaiverState.Valid, WaiverState.Valid);
    }

    @Test
    void whatWasWrittenBeforeTheGuardStoodStaysUnprovedUntilItIsWrittenAgain() {
        GuardState younger = GuardState.ready("epoch-2", NOW.minusSeconds(60), Duration.ofSeconds(30));
        IdentityFacts identity = waived("2026-12-01T00:00:00Z");

        WaiverStatus status = new KubernetesWaivers(
                        (who, what, namespace) -> new AccessOracle.Answer(Verdict.Allowed, ""), DUTIES, LONGEST)
                .judge(identity, younger, NOW)
                .get(0);

        assertThat(status.nameProved()).isFalse();
        assertThat(status.reason()).isEqualTo("NameUnproved");
        assertThat(status.hash()).isEqualTo(identity.waivers().get(0).contentHash());
    }

    @ParameterizedTest
    @CsvSource({
        "2026-12-01T00:00:00Z, 2026-12-01T00:00:00Z",
        "2027-02-01T10:00:00Z, 2026-11-03T10:00:00Z",
        "2026-11-01T00:00:00Z,"
    })
    void timeAloneChangesItWhenItEndsOrItsEndComesNear(String until, String at) {
        Optional<Instant> change =
                WaiverPolicy.changesAt(waived(until).waivers().get(0), LONGEST, NOW);

        assertThat(change).isEqualTo(Optional.ofNullable(at).map(Instant::parse));
    }

    @Test
    void everyWordOfItIsInItsHash() {
        String usual = "{duties: [a, b], reason: r, until: 2026-12-01T00:00:00Z, waivedBy: ada, waivedByAs: [x]}";
        List<String> others = List.of(
                usual.replace("[a, b]", "[a, c]"),
                usual.replace("reason: r", "reason: s"),
                usual.replace("12-01", "12-02"),
                usual.replace("ada", "erin"),
                usual.replace("[x]", "[x, y]"));

        List<WaiverFacts> waivers = GivenIdentity.with("waivers: [" + usual + ", " + String.join(", ", others) + "]")
                .waivers();

        assertThat(waivers.stream().map(WaiverFacts::contentHash).distinct()).hasSize(6);
    }

    @Test
    void theSealIsOverWhichWaiversAreProved() {
        StatusSeal seal = new StatusSeal(new Seal("a key".getBytes(StandardCharsets.UTF_8)));
        ServiceIdentityStatus sealed = seal.on(status("hash", false), "uid");

        assertThat(seal.isOn(sealed, "uid")).isTrue();
        assertThat(seal.isOn(status("hash", true).withSeal(String.valueOf(sealed.seal())), "uid"))
                .isFalse();
        assertThat(seal.isOn(status("other", false).withSeal(String.valueOf(sealed.seal())), "uid"))
                .isFalse();
    }

    private static ServiceIdentityStatus status(String hash, boolean proved) {
        IdentityFacts identity = waived("2026-12-01T00:00:00Z");
        WaiverStatus waiver =
                new WaiverStatus(List.of("prepare", "release"), hash, proved, WaiverState.Valid, "Waived", "m");
        return IdentityStatusReport.of(
                identity, List.of(), List.of(waiver), Holds.NONE, List.of(), Optional.empty(), null, NOW);
    }

    private static List<WaiverStatus> judged(IdentityFacts identity, Verdict governs) {
        return new KubernetesWaivers((who, what, namespace) -> new AccessOracle.Answer(governs, ""), DUTIES, LONGEST)
                .judge(identity, GUARD, NOW);
    }
}
