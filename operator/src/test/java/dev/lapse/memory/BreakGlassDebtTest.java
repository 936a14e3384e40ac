package dev.lapse.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewSpec.ReviewType;
import dev.lapse.api.v1alpha1.EligibleEntry.Insiders;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.IdentityReference;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import dev.lapse.api.v1alpha1.ReviewedRequestBuilder;
import dev.lapse.guard.Seal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BreakGlassDebtTest {
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");
    private static final Seal SEAL = new Seal(new byte[] {1, 2, 3});

    @Test
    void isReadAsItWasWritten() {
        BreakGlassDebt owed = debt("fire \"in\" the hold", List.of("payments"));
        BreakGlassDebt held = owed.withRevokedBy("ada");

        assertThat(writtenAndRead(owed)).containsExactly(owed);
        assertThat(writtenAndRead(held)).containsExactly(held);
        assertThat(writtenAndRead(owed)).allMatch(BreakGlassDebt::owed);
        assertThat(writtenAndRead(held)).noneMatch(BreakGlassDebt::owed);
    }

    @Test
    void isNeverOverByItself() {
        BreakGlassDebt owed = debt("fire", List.of("payments"));

        assertThat(owed.over(NOW.plus(Duration.ofDays(4_000)))).isFalse();
        assertThat(owed.overdue(NOW.plus(Duration.ofHours(24)))).isTrue();
    }

    @Test
    void aLongOneFitsAsWell() {
        BreakGlassDebt longest = debt(
                "r".repeat(512),
                IntStream.range(0, 16).mapToObj(i -> "n".repeat(60) + i).toList());

        assertThat(writtenAndRead(longest)).containsExactly(longest);
    }

    private static List<BreakGlassDebt> writtenAndRead(BreakGlassDebt debt) {
        int number = Shard.of("payments");
        Shard read = Shard.read(number, Shard.empty(number).with(debt, NOW).data(SEAL), SEAL)
                .orElseThrow();
        return Recollection.of("payments", read).all(BreakGlassDebt.class, NOW);
    }

    private static BreakGlassDebt debt(String reason, List<String> namespaces) {
        return new BreakGlassDebt(
                "payments",
                "system:serviceaccount:payments:" + "c".repeat(63),
                "lapse-7d1c0a52-0c3e-4a9e-9d62-0f5f1f6b1c11-0123456789",
                AccessReviewSpec.of(
                        ReviewType.BreakGlass,
                        new IdentityReference("c".repeat(63)),
                        ReviewedRequestBuilder.stagedBuilder()
                                .grant("g".repeat(63))
                                .grantUID("7d1c0a52-0c3e-4a9e-9d62-0f5f1f6b1c11")
                                .hash("0123456789abcdef0123456789abcdef")
                                .privilege("look")
                                .role("ClusterRole/" + "v".repeat(63))
                                .namespaces(namespaces)
                                .principal(PrincipalType.Dedicated)
                                .principalName(
                                        "system:serviceaccount:lapse-principals:lapse-7d1c0a52-0c3e-4a9e-9d62-0f5f1f6b1c11")
                                .duration("1h")
                                .risks(List.of(
                                        "Wildcard",
                                        "SecretsRead",
                                        "TokenCreate",
                                        "PodsWrite",
                                        "WorkloadsWrite",
                                        "Exec"))
                                .requestedBy("r".repeat(100))
                                .claimed(false)
                                .reason(reason)
                                .ticket("t".repeat(63))
                                .incident("INC-1")
                                .waivers(IntStream.range(0, 3)
                                        .mapToObj(i -> new ReviewedRequest.Waiver(
                                                List.of("d".repeat(63), "e".repeat(63)),
                                                "w".repeat(63),
                                                NOW,
                                                "r".repeat(100)))
                                        .toList())
                                .credential(null)
                                .notBefore(null)
                                .notAfter(null)
                                .build(),
                        null,
                        1,
                        Insiders.Refuse,
                        NOW.plus(Duration.ofHours(24))),
                null);
    }
}
