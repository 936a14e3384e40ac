package dev.lapse.grant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.NamedBinding;
import dev.lapse.access.ResidualAccess;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

    private static boolean isGone(NamedBinding binding) {
        return binding.equals(new NamedBinding(Optional.of("payments"), Scene.OBJECT_NAME));
    }

    private static ResidualAccess found(String... residual) {
        return new ResidualAccess(8, 8, List.of(residual), false);
    }
}
