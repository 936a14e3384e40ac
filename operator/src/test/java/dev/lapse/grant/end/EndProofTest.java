package dev.lapse.grant.end;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.NamedBinding;
import dev.lapse.access.ResidualAccess;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.Scene;
import dev.lapse.grant.tell.GrantStatusReport;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndProofTest {
    private static final Instant GONE = Scene.NOW;
    /** Its own, or that of a grant of the same account that ended with it. */
    private static final String GONE_ONE =
            "RBAC: allowed by RoleBinding \"" + Scene.OBJECT_NAME + "/payments\" of ClusterRole \"view\"";

    private static final String OTHER = "RBAC: allowed by RoleBinding \"readers/payments\" of ClusterRole \"view\"";

    private final GrantFacts facts = Scene.inOrder().facts();
    private final End end = End.begun(EndCause.Expired, null, "over", GONE).withEffectiveAt(GONE);

    @Test
    void provesThatNothingIsLeft() {
        End proved = EndProof.of(facts, end, found(), GONE.plusMillis(20));

        assertThat(proved.verifiedAt()).isEqualTo(GONE.plusMillis(20));
        assertThat(proved.residual()).isEmpty();
    }

    @Test
    void namesWhatOthersStillGive() {
        End proved = EndProof.of(facts, end, found(OTHER), GONE.plusMillis(20));

        assertThat(proved.verifiedAt()).isEqualTo(GONE.plusMillis(20));
        assertThat(proved.residual()).containsExactly(OTHER);
    }

    @Test
    void staysOpenWhileTheServerHasNotNoticedThatTheBindingIsGone() {
        End proved =
                EndProof.of(facts, end, found(GONE_ONE, OTHER).withLate(EndProofTest::isGone), GONE.plusMillis(20));

        assertThat(proved.verifiedAt()).isNull();
        assertThat(proved.residual()).containsExactly(OTHER);
    }

    @Test
    void namesABindingThatIsGoneWhenTheServerHasHadTimeToNotice() {
        End proved = EndProof.of(facts, end, found(GONE_ONE).withLate(EndProofTest::isGone), GONE.plusSeconds(60));

        assertThat(proved.verifiedAt()).isEqualTo(GONE.plusSeconds(60));
        assertThat(proved.residual()).containsExactly(GONE_ONE);
    }

    @ParameterizedTest
    @CsvSource({"PT0.02S, PT1S", "PT1S, PT1S", "PT4S, PT4S", "PT30S, PT30S", "PT2H, PT30S"})
    void asksOftenAtFirstAndThenEverMoreRarely(Duration since, Duration wait) {
        Instant now = GONE.plus(since);

        assertThat(EndProof.askAgainAt(end, now)).isEqualTo(now.plus(wait));
    }

    @ParameterizedTest
    @CsvSource({
        // Where the account was the grant's own, so many in all, but one in each namespace at least.
        "Dedicated, 0, 8",
        "Dedicated, 1, 8",
        "Dedicated, 2, 4",
        "Dedicated, 3, 2",
        "Dedicated, 8, 1",
        "Dedicated, 9, 1",
        // An account that others may have bound to anything is asked about everything, in each namespace.
        "Subject, 0, 64",
        "Subject, 1, 64",
        "Subject, 9, 64",
    })
    void asksFewQuestionsOnlyWhereTheAccountWasTheGrantsOwn(PrincipalType principal, int namespaces, int questions) {
        assertThat(EndProof.questions(resolved(principal, namespaces))).isEqualTo(questions);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Dedicated | 8 of 40 permissions asked; the account was the grant's own, and it is gone by its UID,"
                        + " as its bindings are",
                "Subject | 8 of 40 permissions asked; the bindings are gone by their UIDs",
            })
    void saysWhatTheProofRestsOn(PrincipalType principal, String words) {
        ResidualAccess found = new ResidualAccess(8, 40, List.of(), false);

        assertThat(GrantStatusReport.restsOn(resolved(principal, 1), found)).isEqualTo(words);
    }

    /** Of one principal in so many namespaces; none is cluster-wide. */
    private static Resolved resolved(PrincipalType principal, int namespaces) {
        String names =
                IntStream.range(0, namespaces).mapToObj(i -> "\"n" + i + "\"").collect(Collectors.joining(","));
        return Serialization.unmarshal(
                "{\"principal\":\"" + principal + "\",\"namespaces\":[" + names + "]}", Resolved.class);
    }

    private static boolean isGone(NamedBinding binding) {
        return binding.equals(new NamedBinding(Optional.of("payments"), Scene.OBJECT_NAME));
    }

    private static ResidualAccess found(String... residual) {
        return new ResidualAccess(8, 8, List.of(residual), false);
    }
}
