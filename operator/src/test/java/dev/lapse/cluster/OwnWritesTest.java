package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OwnWritesTest {
    private final OwnWrites<ServiceAccount> own = new OwnWrites<>();

    @Test
    void whatWasMadeIsThereBeforeTheInformerShowsIt() {
        ServiceAccount made = account("a", 5);
        own.created(made);

        assertThat(seeing(null)).isEqualTo("a");
        assertThat(own.shown(made)).as("news").isFalse();
        assertThat(seeing(made)).isEqualTo("a");
    }

    @Test
    void whatWasRemovedIsGoneBeforeTheInformerShowsIt() {
        ServiceAccount there = account("a", 5);
        own.deleted("a");

        assertThat(seeing(there)).isEmpty();
        assertThat(own.gone(there)).as("news").isFalse();
        assertThat(seeing(account("b", 6))).isEqualTo("b");
    }

    @Test
    void aWatchThatBrokeShowsOneAfterTheOtherWhatIsLongGone() {
        ServiceAccount first = account("a", 98);
        ServiceAccount second = account("b", 101);
        own.created(first);
        own.deleted("a");
        own.created(second);

        own.shown(first);
        assertThat(seeing(first)).isEqualTo("b");
        own.gone(first);
        assertThat(seeing(null)).isEqualTo("b");
        own.shown(second);
        assertThat(seeing(second)).isEqualTo("b");
    }

    @Test
    void thatHoldsWhenTheRemovalWasForgotten() {
        own.deleted("a");
        own.created(account("b", 101));
        own.tidy(Set.of());

        assertThat(seeing(account("a", 98))).isEqualTo("b");
    }

    @Test
    void whatOthersMadeUnderTheNameSinceCounts() {
        own.created(account("a", 98));

        assertThat(seeing(account("foreign", 101))).isEqualTo("foreign");
    }

    @Test
    void whatAListDoesNotShowHasGoneUnseen() {
        own.created(account("a", 98));
        own.created(account("b", 101));

        assertThat(own.listed("100"))
                .extracting(object -> object.getMetadata().getUid())
                .containsExactly("a");
        assertThat(seeing(null)).isEqualTo("b");
    }

    @Test
    void whatOthersMakeAndRemoveIsNews() {
        assertThat(own.shown(account("a", 5))).isTrue();
        assertThat(own.gone(account("a", 6))).isTrue();
    }

    /** The UID of what there is, where the informer shows this. */
    private String seeing(@Nullable ServiceAccount known) {
        return own.correct("payments", "ci", known)
                .map(object -> object.getMetadata().getUid())
                .orElse("");
    }

    private static ServiceAccount account(String uid, int version) {
        return new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace("payments")
                .withName("ci")
                .withUid(uid)
                .withResourceVersion(String.valueOf(version))
                .endMetadata()
                .build();
    }
}
