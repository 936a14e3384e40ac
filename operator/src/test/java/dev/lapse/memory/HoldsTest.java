package dev.lapse.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReviewSpec.Campaign;
import dev.lapse.api.v1alpha1.AccessReviewSpec.OnMissed;
import dev.lapse.api.v1alpha1.EligibleEntry.Insiders;
import dev.lapse.api.v1alpha1.EligibleEntry.Person;
import dev.lapse.guard.Seal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What reviews hold back, from whom and where. */
class HoldsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String ACCOUNT = "system:serviceaccount:payments:ci";

    @ParameterizedTest
    @CsvSource({
        "ClusterRole/view, payments, payments, '', true",
        "ClusterRole/view, payments, shop, '', false",
        "ClusterRole/edit, payments, payments, '', false",
        "ClusterRole/view, payments shop, shop, '', true",
        "ClusterRole/view, payments, payments shop, '', true",
        "ClusterRole/view, '', payments, '', true",
        "ClusterRole/view, payments, '', '', true",
        "ClusterRole/view, payments shop, payments, payments, false",
        "ClusterRole/view, payments shop, payments shop, payments, true",
        "ClusterRole/view, '', payments, payments, false",
        "ClusterRole/view, '', '', payments, true"
    })
    void aRoleIsHeldWhereItWasRevokedAndNobodyHasKeptIt(
            String role, String revoked, String reach, String kept, boolean held) {
        Holds holds = new Holds(Optional.empty(), List.of(revoked(words(revoked), words(kept))));

        assertThat(holds.on(role, words(reach)).isPresent()).isEqualTo(held);
    }

    @ParameterizedTest
    @CsvSource({
        "payments, payments, ''",
        "payments shop, payments, payments",
        "'', payments, payments",
        "payments, '', ''",
        "'', '', ''"
    })
    void aKeepLiftsAsFarAsItsEntryReaches(String revoked, String entry, String left) {
        Optional<RevokedPrivilege> rest = revoked(words(revoked), List.of()).kept(words(entry));

        assertThat(rest.map(RevokedPrivilege::keptIn).orElse(List.of())).isEqualTo(words(left));
        assertThat(rest.isEmpty()).isEqualTo(left.isEmpty());
    }

    @Test
    void anotherIdentityOfTheSameAccountIsHeldToo() {
        Recollection memory = remembering(revoked(List.of("payments"), List.of()), owed(OnMissed.Suspend, NOW));

        assertThat(Holds.on(memory, "other", ACCOUNT, NOW).revoked()).hasSize(1);
        assertThat(Holds.on(memory, "other", ACCOUNT, NOW).suspends()).isPresent();
        assertThat(Holds.on(memory, "ci", "somebody", NOW).revoked()).hasSize(1);
        assertThat(Holds.on(memory, "other", "somebody", NOW)).isEqualTo(Holds.NONE);
    }

    @ParameterizedTest
    @CsvSource({"Suspend, true, true", "Suspend, false, false", "Report, true, false", "Revoke, true, false"})
    void aMissedOneHoldsTheIdentityIfItsCampaignSaysSo(OnMissed onMissed, boolean missed, boolean held) {
        Recollection memory = remembering(owed(onMissed, missed ? NOW : null));

        assertThat(Holds.on(memory, "ci", ACCOUNT, NOW).suspends().isPresent()).isEqualTo(held);
    }

    @Test
    void itSaysWhoAndWhatLiftsIt() {
        assertThat(revoked(List.of("payments"), List.of()).told())
                .contains("ada said Revoke in AccessReview lapse-1")
                .contains("until somebody else says Keep in another review");
        assertThat(Holds.on(remembering(owed(OnMissed.Suspend, NOW)), "ci", ACCOUNT, NOW)
                        .suspends())
                .hasValueSatisfying(why -> assertThat(why).contains("kubectl lapse review keep lapse-1 -n payments"));
    }

    @Test
    void whatFindsNoRoomHoldsTheIdentityWhateverSilenceDoes() {
        OwedCertification held = owed(OnMissed.Report, null).withHeld(true);

        assertThat(Holds.on(remembering(held), "ci", ACCOUNT, NOW).suspends())
                .hasValueSatisfying(why -> assertThat(why).contains("finds no room in the memory"));
        assertThat(held.withHeld(false)).isEqualTo(owed(OnMissed.Report, null));
    }

    @Test
    void whatSilenceRevokesLeavesRoomToWhatSomebodySays() {
        Shard shard = Shard.empty(Shard.of("payments"));
        for (int i = 0; shard.hasRoomFor(revokedOf(i, List.of())); i++) {
            shard = shard.with(revokedOf(i, List.of()), NOW);
        }

        assertThat(shard.records()).hasSize(128);
        assertThat(shard.hasRoomFor(revokedOf(1000, List.of("ada")))).isTrue();
    }

    @Test
    void whoSaidRevokeOnceIsRememberedThroughLaterOnesAndSilence() {
        RevokedPrivilege first = revokedOf(1, List.of("ada"));

        assertThat(revokedOf(1, List.of()).after(first).revokedBy()).containsExactly("ada");
        assertThat(revokedOf(1, List.of("olivia")).after(first).revokedBy()).containsExactly("ada", "olivia");
        assertThat(revokedOf(1, List.of("a", "b", "c", "d", "e")).revokedBy()).containsExactly("b", "c", "d", "e");
    }

    private static RevokedPrivilege revokedOf(int number, List<String> by) {
        return new RevokedPrivilege(
                "payments", "ci", ACCOUNT, "ClusterRole/role-" + number, List.of(), List.of(), by, "lapse-1", NOW);
    }

    @Test
    void theLongestNamesFitIntoARecord() {
        List<Person> reviewers = java.util.stream.Stream.generate(() -> new Person(null, "g".repeat(200)))
                .limit(8)
                .toList();
        OwedCertification owed = OwedCertificationBuilder.stagedBuilder()
                .namespace("n".repeat(63))
                .identity("i".repeat(63))
                .subject("s".repeat(150))
                .review("lapse-" + "u".repeat(36) + "-0123456789")
                .campaign(new Campaign("n".repeat(63), "c".repeat(253), "u".repeat(36)))
                .reviewers(reviewers)
                .insiders(Insiders.Refuse)
                .dueAt(NOW)
                .onMissed(OnMissed.Suspend)
                .entriesHash("h".repeat(32))
                .missedAt(NOW)
                .held(false)
                .build();

        assertThat(Shard.empty(1).with(owed, NOW).records()).containsExactly(owed);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(" "));
    }

    private static Recollection remembering(Remembered... records) {
        int number = Shard.of("payments");
        Seal seal = new Seal(new byte[32]);
        Shard shard = Shard.empty(number);
        for (Remembered record : records) {
            shard = shard.with(record, NOW);
        }
        return Recollection.of(
                "payments", Shard.read(number, shard.data(seal), seal).orElseThrow());
    }

    private static RevokedPrivilege revoked(List<String> namespaces, List<String> kept) {
        return new RevokedPrivilege(
                "payments", "ci", ACCOUNT, "ClusterRole/view", namespaces, kept, List.of("ada"), "lapse-1", NOW);
    }

    private static OwedCertification owed(OnMissed onMissed, @Nullable Instant missedAt) {
        return OwedCertificationBuilder.stagedBuilder()
                .namespace("payments")
                .identity("ci")
                .subject(ACCOUNT)
                .review("lapse-1")
                .campaign(new Campaign("payments", "spring", "campaign-uid"))
                .reviewers(null)
                .insiders(Insiders.Refuse)
                .dueAt(NOW.minusSeconds(60))
                .onMissed(onMissed)
                .entriesHash("0123456789abcdef")
                .missedAt(missedAt)
                .held(false)
                .build();
    }
}
