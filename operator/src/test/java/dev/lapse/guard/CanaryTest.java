package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanaryTest {
    private static final Canary GRANTS = Canary.all().stream()
            .filter(canary -> canary.binding().equals("lapse-grants"))
            .findFirst()
            .orElseThrow();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ValidatingAdmissionPolicy 'lapse-grants' with binding 'lapse-grants' denied request: spec.requestedBy must be your own user name | ''",
                "ValidatingAdmissionPolicy 'lapse-grants' with binding 'lapse-grants' denied request: no params found | lapse-grants refuses without having looked",
                "ValidatingAdmissionPolicy 'lapse-grants' with binding 'lapse-grants' denied request: expression resulted in error: no such key: operator | lapse-grants refuses without having looked",
                "ValidatingAdmissionPolicy 'lapse-status' with binding 'lapse-status' denied request: names | operator in ConfigMap lapse-system/lapse-guard is not this operator's user name",
                "ValidatingAdmissionPolicy 'images' with binding 'images' denied request: spec.requestedBy must be your own user name | lapse-grants was not seen to refuse",
                "privilegegrants.lapse.dev is forbidden: User cannot create resource | lapse-grants was not seen to refuse",
                "Connection refused | lapse-grants was not seen to refuse",
            })
    void isProvedByItsOwnRefusalAlone(String message, String problem) {
        String found = GRANTS.problemOf(message);

        assertThat(found.isEmpty()).isEqualTo(problem.isEmpty());
        assertThat(found).startsWith(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "lapse-operator-reach, it is protected (…); by lapse-guard as of resourceVersion 41., 42, true",
        "lapse-operator-reach, it is protected (…); by lapse-guard as of resourceVersion 42., 42, false",
        "lapse-operator-reach, it is protected (…), 42, false",
        "lapse-grants, by lapse-guard as of resourceVersion 41., 42, false",
    })
    void tellsByWhichParametersTheApiServerGoes(String binding, String message, String stored, boolean another) {
        Canary canary = Canary.all().stream()
                .filter(one -> one.binding().equals(binding))
                .findFirst()
                .orElseThrow();

        assertThat(canary.goesByOtherParameters(message, stored)).isEqualTo(another);
    }

    @Test
    void isADryRunEachTime() {
        assertThat(Canary.all())
                .allSatisfy(canary -> assertThat(canary.path()).endsWith("?dryRun=All"))
                .allSatisfy(canary -> assertThat(canary.body()).startsWith("{"));
    }
}
