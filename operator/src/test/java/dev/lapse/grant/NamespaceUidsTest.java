package dev.lapse.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NamespaceUidsTest {
    private final NamespaceUids known = new NamespaceUids();

    @Test
    void oneThatIsThereOrChangesEndsNothing() {
        assertThat(known.ends("payments", namespace("a"))).isFalse();
        assertThat(known.ends("payments", namespace("a"))).isFalse();
        assertThat(known.ends("orders", namespace("b"))).isFalse();
    }

    @Test
    void oneThatGoesOrIsGoneEnds() {
        known.ends("payments", namespace("a"));

        assertThat(known.ends("payments", going("a"))).isTrue();
        assertThat(known.ends("payments", Optional.empty())).isTrue();
    }

    /** As a list shows it after a watch that was broken: nobody was told that it went. */
    @Test
    void anotherOneInItsPlaceEndsIt() {
        known.ends("payments", namespace("a"));

        assertThat(known.ends("payments", namespace("b"))).isTrue();
        assertThat(known.ends("payments", namespace("b"))).isFalse();
    }

    @Test
    void oneThatWasSeenToGoIsForgotten() {
        known.ends("payments", namespace("a"));
        known.ends("payments", Optional.empty());

        assertThat(known.ends("payments", namespace("b"))).isFalse();
    }

    private static Optional<Namespace> namespace(String uid) {
        return Optional.of(builder(uid).build());
    }

    private static Optional<Namespace> going(String uid) {
        return Optional.of(builder(uid)
                .editMetadata()
                .withDeletionTimestamp("2026-11-02T10:00:00Z")
                .endMetadata()
                .build());
    }

    private static NamespaceBuilder builder(String uid) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName("payments")
                .withUid(uid)
                .endMetadata();
    }
}
