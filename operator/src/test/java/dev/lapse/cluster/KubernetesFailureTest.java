package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesFailureTest {
    @ParameterizedTest(name = "{0}: answered {1}, worth telling {2}")
    @CsvSource({
        "0, false, false",
        "400, true, true",
        "403, true, true",
        "404, true, false",
        "409, true, false",
        "422, true, true",
        "500, false, false",
        "503, false, false",
    })
    void whatACodeMeans(int code, boolean answered, boolean worthTelling) {
        KubernetesClientException failed = new KubernetesClientException("refused", code, null);

        assertThat(KubernetesFailure.answered(failed)).isEqualTo(answered);
        assertThat(KubernetesFailure.worthTelling(failed)).isEqualTo(worthTelling);
    }

    @Test
    void whatIsNotTheApiServersIsTold() {
        assertThat(KubernetesFailure.worthTelling(new IllegalStateException("a bug")))
                .isTrue();
        assertThat(KubernetesFailure.explain(new IllegalStateException("a bug")))
                .contains("an error that the operator's log tells more about");
    }
}
