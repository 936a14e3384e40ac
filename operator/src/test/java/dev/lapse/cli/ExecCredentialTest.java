package dev.lapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExecCredentialTest {
    private static final Instant END = Instant.parse("2026-12-01T08:00:00Z");

    @Test
    void isWhatClientGoReads() {
        ExecCredential credential =
                new ExecCredential("client.authentication.k8s.io/v1", "secret-token", Optional.of(END));

        assertThat(credential.json())
                .isEqualTo("{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
                        + "\"status\":{\"token\":\"secret-token\",\"expirationTimestamp\":\"2026-12-01T08:00:00Z\"}}");
    }

    @Test
    void doesNotPrintItself() {
        assertThat(new ExecCredential("v", "secret-token", Optional.of(END)).toString())
                .doesNotContain("secret-token");
    }

    @Test
    void speaksTheVersionThatItIsAskedIn() {
        assertThat(ExecCredential.version(null)).isEqualTo("client.authentication.k8s.io/v1");
        assertThat(
                        ExecCredential.version(
                                "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"spec\":{}}"))
                .isEqualTo("client.authentication.k8s.io/v1beta1");
        assertThatThrownBy(() -> ExecCredential.version("{\"apiVersion\":\"client.authentication.k8s.io/v1alpha1\"}"))
                .hasMessageContaining("v1alpha1");
    }

    @Test
    void endsWithTheTokenOrWithTheGrant() {
        String status =
                "{phase: Active, expiresAt: %s, credentials: [{id: a, issuedAt: 2026-12-01T06:00:00Z, expiresAt:"
                        + " 2026-12-01T08:00:00Z}]}";

        assertThat(ExecCredential.end(GivenObjects.grant(status.formatted("2026-12-01T07:00:00Z"))))
                .contains(Instant.parse("2026-12-01T07:00:00Z"));
        assertThat(ExecCredential.end(GivenObjects.grant(status.formatted("2026-12-01T09:00:00Z"))))
                .contains(END);
    }
}
