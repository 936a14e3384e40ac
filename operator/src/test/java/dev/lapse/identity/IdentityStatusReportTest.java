package dev.lapse.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.IdentityPhase;
import dev.lapse.memory.Holds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityStatusReportTest {
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00.4Z");

    @Test
    void anOwnedIdentityWithItsAccountIsReady() {
        ServiceIdentityStatus status = report(GivenIdentity.with("owner: {user: olivia, deputy: erin}"), List.of());

        assertThat(status.phase()).isEqualTo(IdentityPhase.Ready);
        assertThat(status.conditions())
                .extracting(Condition::type, Condition::status, Condition::reason)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("Ready", ConditionStatus.True, "Ready"),
                        org.assertj.core.groups.Tuple.tuple("Owned", ConditionStatus.True, "OwnerNamed"),
                        org.assertj.core.groups.Tuple.tuple("SubjectBound", ConditionStatus.True, "SubjectExists"));
        assertThat(status.owner())
                .isEqualTo(new ServiceIdentityStatus.ResolvedOwner("olivia", ServiceIdentityStatus.OwnerSource.User));
        assertThat(status.subjectUID()).isEqualTo("subject-uid");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    purpose: none                                                       | OwnerMissing       | set spec.owner
                    owner: {team: payments-dev}                                         | Ready              | can be granted
                    '{owner: {user: olivia}, validUntil: "2026-11-02T10:00:00Z"}'       | IdentityExpired    | has passed
                    '{owner: {user: olivia}, validUntil: "2026-11-02T10:00:01Z"}'       | Ready              | can be granted
                    '{owner: {user: olivia}, actorType: Agent}'                         | ValidUntilRequired | need spec.validUntil
                    '{owner: {user: olivia}, state: Suspended}'                         | Suspended          | nothing is granted
                    '{owner: {user: olivia}, state: Retired}'                           | Retired            | no grant is active
                    """)
    void readyTellsTheFirstThingThatIsMissing(String spec, String reason, String message) {
        Condition ready = condition(report(GivenIdentity.with(spec), List.of()), "Ready");

        assertThat(ready.reason()).isEqualTo(reason);
        assertThat(ready.message()).contains(message);
        assertThat(ready.status()).isEqualTo(reason.equals("Ready") ? ConditionStatus.True : ConditionStatus.False);
    }

    @Test
    void aSubjectThatIsNotItsOwnIsTold() {
        assertThat(subject(account(Optional.empty(), false)).reason()).isEqualTo("SubjectNotFound");
        assertThat(subject(account(Optional.of("subject-uid"), true)).reason()).isEqualTo("SubjectCreated");
        assertThat(subject(new SubjectFacts(
                                "system:serviceaccount:payments:ci",
                                Optional.of("ci"),
                                Optional.of("subject-uid"),
                                false,
                                false,
                                Optional.of("payments/older"),
                                true))
                        .message())
                .contains("belongs to the older ServiceIdentity payments/older");
        assertThat(subject(user(true)).reason()).isEqualTo("UserSubject");
        assertThat(subject(user(false)).message()).contains("an administrator may add it to subject-users");
    }

    @Test
    void aRetiredIdentityIsRetiringUntilItsGrantsAndTheAccountLapseMadeAreGone() {
        String retired = "{owner: {user: olivia}, state: Retired}";

        assertThat(report(GivenIdentity.with(retired), List.of("g1")).phase()).isEqualTo(IdentityPhase.Retiring);
        assertThat(report(GivenIdentity.with(retired, account(Optional.of("subject-uid"), true)), List.of())
                        .phase())
                .isEqualTo(IdentityPhase.Retiring);
        assertThat(report(GivenIdentity.with(retired), List.of()).phase()).isEqualTo(IdentityPhase.Retired);
    }

    @Test
    void atMostFiftyGrantsAreNamedAndAllAreCounted() {
        List<String> many = IntStream.range(0, 60).mapToObj(i -> "g" + i).toList();

        ServiceIdentityStatus status = report(GivenIdentity.with("owner: {user: olivia}"), many);

        assertThat(status.activeGrants()).hasSize(50).startsWith("g0");
        assertThat(status.activeGrantCount()).isEqualTo(60);
    }

    @Test
    void itSaysHowManyOfTheEntriesCanBeGranted() {
        IdentityFacts facts = GivenIdentity.with("owner: {user: olivia}");
        List<EntryStatus> entries =
                List.of(entry(EntryState.Eligible), entry(EntryState.Refused), entry(EntryState.Unknown));

        ServiceIdentityStatus status =
                IdentityStatusReport.of(facts, entries, List.of(), Holds.NONE, List.of(), Optional.empty(), null, NOW);

        assertThat(status.entriesEligible()).isEqualTo("1/3");
        assertThat(report(facts, List.of()).entriesEligible()).isEqualTo("0/0");
    }

    private static EntryStatus entry(EntryState state) {
        return new EntryStatus("look", "h", true, state, state.name(), "so it is", null, null);
    }

    @Test
    void aConditionThatStaysKeepsTheTimeOfItsTransition() {
        IdentityFacts facts = GivenIdentity.with("owner: {user: olivia}");
        ServiceIdentityStatus before = report(facts, List.of());

        ServiceIdentityStatus later = IdentityStatusReport.of(
                facts,
                List.of(),
                List.of(),
                Holds.NONE,
                List.of(),
                Optional.empty(),
                before,
                NOW.plus(Duration.ofHours(1)));

        assertThat(later).isEqualTo(before);
    }

    private static Condition subject(SubjectFacts subject) {
        return condition(report(GivenIdentity.with("owner: {user: olivia}", subject), List.of()), "SubjectBound");
    }

    private static Condition condition(ServiceIdentityStatus status, String type) {
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static ServiceIdentityStatus report(IdentityFacts facts, List<String> active) {
        return IdentityStatusReport.of(facts, List.of(), List.of(), Holds.NONE, active, Optional.empty(), null, NOW);
    }

    private static SubjectFacts account(Optional<String> uid, boolean madeByLapse) {
        return new SubjectFacts(
                "system:serviceaccount:payments:ci",
                Optional.of("ci"),
                uid,
                madeByLapse,
                madeByLapse,
                Optional.empty(),
                true);
    }

    private static SubjectFacts user(boolean allowed) {
        return new SubjectFacts("batch", Optional.empty(), Optional.empty(), false, false, Optional.empty(), allowed);
    }
}
