package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapse.access.Permission;
import dev.lapse.access.SeparationOfDuties;
import dev.lapse.access.SeparationOfDuties.Conflict;
import dev.lapse.api.v1alpha1.ActorType;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.identity.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @TempDir
    private Path folder;

    @Test
    void whoSetsNothingGetsTheDefaults() throws Exception {
        Settings settings = load(Map.of(), Map.of(), null);

        assertThat(settings.http().port()).isEqualTo(8080);
        assertThat(settings.leaderElection()).isTrue();
        assertThat(settings.guardSettle()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.instance()).isEqualTo("lapse-operator");
        assertThat(settings.profiles()).isEqualTo(Profile.defaults());
        assertThat(settings.subjectUsers()).isEmpty();
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws Exception {
        String file = "http-port: 1\nreconcilers: 2\nexpiry-workers: 3\n";
        Map<String, String> environment = Map.of("LAPSE_HTTP_PORT", "11", "LAPSE_RECONCILERS", "12");

        Settings settings = load(Map.of("http-port", "21"), environment, file);

        assertThat(settings.http().port()).isEqualTo(21);
        assertThat(settings.reconcilers()).isEqualTo(12);
        assertThat(settings.expiryWorkers()).isEqualTo(3);
    }

    @Test
    void theEnvironmentMayNameTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("lapse.yaml"), "http-port: 9\n");

        assertThat(Settings.load(Map.of(), Map.of("LAPSE_CONFIG", file.toString()), null)
                        .http()
                        .port())
                .isEqualTo(9);
    }

    @Test
    void anEmptyFileSetsNothing() throws Exception {
        assertThat(load(Map.of(), Map.of(), "# nothing yet\n").http().port()).isEqualTo(8080);
    }

    @Test
    void anInstanceIsCalledAsItsPodUnlessSomebodyNamesIt() throws Exception {
        assertThat(load(Map.of(), Map.of("HOSTNAME", "pod-1"), null).instance()).isEqualTo("pod-1");
        assertThat(load(Map.of("instance", "one"), Map.of("HOSTNAME", "pod-1"), null)
                        .instance())
                .isEqualTo("one");
    }

    @Test
    void aProfileChangesWhatItNamesAndNothingElse() throws Exception {
        Settings settings = load(
                Map.of(), Map.of(), "profiles: {Pipeline: {longest-grant: 30m, approvals: 3, principal: Subject}}\n");

        assertThat(settings.profiles())
                .containsEntry(ActorType.Pipeline, new Profile(Duration.ofMinutes(30), 3, PrincipalType.Subject, false))
                .containsEntry(ActorType.Agent, Profile.defaults().get(ActorType.Agent));
    }

    @Test
    void aWaiverMayEndNinetyDaysAheadUnlessSettingsSayOtherwise() throws Exception {
        assertThat(load(Map.of(), Map.of(), null).longestWaiver()).isEqualTo(Duration.ofDays(90));
        assertThat(load(Map.of(), Map.of(), "longest-waiver: 7d\n").longestWaiver())
                .isEqualTo(Duration.ofDays(7));
    }

    @Test
    void subjectUsersAreListedByNamespace() throws Exception {
        assertThat(load(Map.of(), Map.of(), "subject-users: {payments: [batch, report]}\n")
                        .subjectUsers())
                .isEqualTo(Map.of("payments", Set.of("batch", "report")));
    }

    @Test
    void dutiesAndTheirConflictsAreDeclared() throws Exception {
        SeparationOfDuties duties = load(Map.of(), Map.of(), """
                duties:
                  - name: prepare
                    rules: [{apiGroups: [""], resources: [configmaps], verbs: [create, update]}]
                  - name: release
                    rules: [{apiGroups: [apps], resources: [deployments/scale], verbs: [update], resourceNames: [shop]}]
                conflicts:
                  - {duties: [prepare, release], reason: who prepares does not release}
                """).duties();

        assertThat(duties.conflicts())
                .containsExactly(new Conflict("prepare", "release", "who prepares does not release"));
        assertThat(duties.duties()).hasSize(2);
        assertThat(duties.duties().get(1).permissions())
                .extracting(Permission::describe)
                .containsExactly("update deployments.apps/scale \"shop\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    http-port      | 65536  | a whole number from 0 to 65535
                    http-port      | -1     | a whole number from 0 to 65535
                    http-port      | http   | a whole number from 0 to 65535
                    reconcilers    | 0      | a whole number from 1 to 64
                    expiry-workers | 65     | a whole number from 1 to 64
                    leader-election| yes    | true or false
                    guard-settle   | 1.5m   | a duration such as 30s or 1m30s
                    guard-settle   | -1s    | a duration such as 30s or 1m30s
                    sweep-every    | 0s     | a duration such as 30s or 1m30s
                    """)
    void aValueThatCannotBeUsedIsNamedWithItsOriginAndTheRemedy(String name, String value, String wanted) {
        String variable = "LAPSE_" + name.toUpperCase(java.util.Locale.ROOT).replace('-', '_');

        assertThatThrownBy(() -> load(Map.of(name, value), Map.of(), null))
                .hasMessage("--set " + name + " is \"" + value + "\": must be " + wanted);
        assertThatThrownBy(() -> load(Map.of(), Map.of(variable, value), null))
                .hasMessage("environment variable " + variable + " is \"" + value + "\": must be " + wanted);
        assertThatThrownBy(() -> load(Map.of(), Map.of(), name + ": \"" + value + "\""))
                .hasMessage("setting " + name + " in the settings file is \"" + value + "\": must be " + wanted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    htpt-port: 1                                   | setting htpt-port in the settings file: there is no such setting
                    - a list                                       | must be a YAML mapping of setting to value
                    'a: [b'                                        | cannot be read
                    profiles: {Robot: {}}                          | setting profiles.Robot in the settings file: "Robot" is none of Workload, Pipeline
                    profiles: {Agent: {longest: 1h}}               | setting profiles.Agent in the settings file: there is no longest
                    profiles: {Agent: {longest-grant: 1.5h}}       | profiles.Agent in the settings file.longest-grant is "1.5h"
                    profiles: {Agent: {approvals: 6}}              | .approvals: must be a whole number from 0 to 5
                    profiles: {Agent: {approvals: few}}            | .approvals: must be a whole number from 0 to 5
                    profiles: {Agent: {principal: Nobody}}         | "Nobody" is none of Dedicated, Subject
                    profiles: {Agent: {valid-until-required: may}} | .valid-until-required: must be true or false
                    duties: {pay: []}                              | setting duties in the settings file: must be a list
                    duties: [pay]                                  | setting duties[0] in the settings file: must be a mapping of name, rules
                    'duties: [{name: pay, rule: []}]'              | setting duties[0] in the settings file: there is no rule; there are name, rules
                    'duties: [{name: pay}]'                        | setting duties[0] in the settings file: must allow from 1 to 32 things
                    'duties: [{name: pay, rules: [{apiGroups: [""], resources: ["*"], verbs: [get]}]}]' | setting duties[0].rules[0].resources in the settings file: name each instead of "*"
                    'duties: [{name: pay, rules: [{apiGroups: [""], resources: [a], verbs: get}]}]' | setting duties[0].rules[0].verbs in the settings file: must be a list
                    'conflicts: [{duties: [pay, check], reason: r}]' | setting conflicts[0].duties in the settings file: there is no duty pay; there are none
                    'conflicts: [{duties: [pay], reason: r}]'      | setting conflicts[0].duties in the settings file: must name two duties
                    subject-users: {payments: batch}               | setting subject-users.payments in the settings file: must be a list of user names
                    """)
    void aFileThatCannotBeUsedIsExplained(String file, String explained) {
        assertThatThrownBy(() -> load(Map.of(), Map.of(), file))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageContaining(explained);
    }

    @ParameterizedTest
    @ValueSource(strings = {"htpt-port", "profiles", ""})
    void aFlagThatIsNoneIsNamedBesideThoseThatAre(String flag) {
        assertThatThrownBy(() -> load(Map.of(flag, "1"), Map.of(), null))
                .hasMessageStartingWith("--set " + flag + ": there is no such setting; there are ")
                .hasMessageContaining("http-port");
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = folder.resolve("missing.yaml");

        assertThatThrownBy(() -> Settings.load(Map.of(), Map.of(), missing))
                .hasMessageContaining("settings file " + missing + " cannot be read");
    }

    private Settings load(Map<String, String> flags, Map<String, String> environment, @Nullable String file)
            throws Settings.Invalid, IOException {
        return Settings.load(
                flags, environment, file == null ? null : Files.writeString(folder.resolve("settings.yaml"), file));
    }
}
