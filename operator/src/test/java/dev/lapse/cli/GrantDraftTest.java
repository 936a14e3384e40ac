package dev.lapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GrantDraftTest {

    @Test
    void isWrittenAsPeopleWriteIt() {
        GrantDraft draft = GrantDraftBuilder.stagedBuilder()
                .namespace("payments-ci")
                .name("g1")
                .identity("ci")
                .privilege("look")
                .namespaces(List.of("payments"))
                .duration(Duration.ofMinutes(90))
                .notBefore(Optional.empty())
                .notAfter(Optional.of(Instant.parse("2026-12-01T08:00:00Z")))
                .reason("a \"fault\": it's down")
                .ticket(Optional.of("0815"))
                .incident(Optional.of("INC-7"))
                .requestedBy("rashid")
                .requestedByAs(List.of("payments-dev"))
                .credential(Optional.of(CredentialType.Mint))
                .build();

        assertThat(Output.yaml(draft.manifest())).isEqualTo("""
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata:
                  name: g1
                  namespace: payments-ci
                spec:
                  identityRef:
                    name: ci
                  privilege: look
                  namespaces:
                  - payments
                  duration: 1h30m
                  notAfter: 2026-12-01T08:00:00Z
                  reason: "a \\"fault\\": it's down"
                  ticket: "0815"
                  breakGlass:
                    incident: INC-7
                  requestedBy: rashid
                  requestedByAs:
                  - payments-dev
                  credential:
                    type: Mint""");
    }

    @Test
    void aFreshNameTellsWhatItIsAndIsNeverTheOperators() {
        assertThat(GrantDraft.freshName("ci", "look", new Random(1))).matches("ci-look-[a-z0-9]{6}");
        assertThat(GrantDraft.freshName("lapse-ci", "look", new Random(1))).startsWith("of-lapse-ci-look-");
        assertThat(GrantDraft.freshName("c".repeat(253), "look", new Random(1)))
                .hasSize(253)
                .matches("c+-look-[a-z0-9]{6}");
    }
}
