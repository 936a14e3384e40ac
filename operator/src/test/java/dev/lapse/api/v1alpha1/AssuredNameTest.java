package dev.lapse.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AssuredNameTest {
    @Test
    void printsHowFarItIsKnown() {
        assertThat(AssuredName.of("olivia", null, true)).hasToString("olivia");
        assertThat(AssuredName.of("olivia", "gitops-applier", true)).hasToString("olivia (claimed)");
        assertThat(AssuredName.of("olivia", null, false)).hasToString("olivia (unproved)");
        assertThat(AssuredName.of("olivia", "gitops-applier", false)).hasToString("olivia (unproved)");
    }

    /** Else a message could be built from it that does not say so. */
    @Test
    void givesItsNameNoOtherWay() {
        assertThat(Arrays.stream(AssuredName.class.getDeclaredMethods())
                        .filter(method -> method.getReturnType() == String.class)
                        .map(Method::getName))
                .containsExactly("toString");
    }

    @Test
    void twoAreTheSameOnlyIfTheyAreKnownAlike() {
        assertThat(AssuredName.proved("olivia")).isEqualTo(AssuredName.proved("olivia"));
        assertThat(AssuredName.proved("olivia")).isNotEqualTo(AssuredName.claimed("olivia"));
        assertThat(AssuredName.claimed("olivia")).isNotEqualTo(AssuredName.unproved("olivia"));
    }
}
