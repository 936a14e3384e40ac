package dev.lapse.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapse.guard.Seal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What one ConfigMap remembers: how it is written, what is told from a forgery, how much goes in, and when it goes. */
class ShardTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofHours(1));
    private static final Seal SEAL = new Seal(new byte[32]);
    private static final int NUMBER = 7;

    private static Claim claim(String namespace, String grant, @Nullable Instant until) {
        return new Claim(namespace, grant, "uid-of-" + grant, "ci", "", until, NOW, "Expired");
    }

    private static Claim claim(String grant) {
        return claim("payments", grant, LATER);
    }

    private static Shard remembering(Claim... claims) {
        Shard shard = Shard.empty(NUMBER);
        for (Claim claim : claims) {
            shard = shard.with(claim, NOW);
        }
        return shard;
    }

    private static Shard filledUp(int namespaces) {
        Shard shard = Shard.empty(NUMBER);
        for (int i = 0; i < namespaces * 256; i++) {
            Claim next = claim("n" + i / 256, "g" + i, LATER);
            if (!shard.hasRoomFor(next)) {
                return shard;
            }
            shard = shard.with(next, NOW);
        }
        return shard;
    }

    private static int characters(Shard shard) {
        return shard.data(SEAL).entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
                .sum();
    }

    @Test
    void readsWhatItWrote() {
        Shard shard = remembering(claim("one"), claim("two"), claim("payments", "for ever", null));

        Shard read = Shard.read(NUMBER, shard.data(SEAL), SEAL).orElseThrow();

        assertThat(read).isEqualTo(shard);
        assertThat(read.records())
                .containsExactlyInAnyOrder(claim("one"), claim("two"), claim("payments", "for ever", null));
    }

    @Test
    void isOneLineOfJsonARecordForPeople() {
        Map<String, String> data = remembering(claim("one")).data(SEAL);

        assertThat(data).containsKey("seal").containsEntry("turn", "0").hasSize(3);
        assertThat(data.values())
                .contains("{\"kind\":\"Claim\",\"namespace\":\"payments\",\"grant\":\"one\",\"uid\":\"uid-of-one\","
                        + "\"identity\":\"ci\",\"subject\":\"\",\"until\":\"2026-11-22T11:00:00Z\","
                        + "\"endedAt\":\"2026-11-22T10:00:00Z\",\"cause\":\"Expired\"}");
    }

    private static Arguments forgery(String name, UnaryOperator<Map<String, String>> change) {
        return Arguments.of(name, change);
    }

    static Stream<Arguments> forgeries() {
        return Stream.of(
                forgery("a record is taken out", data -> {
                    data.keySet().removeIf(key -> key.startsWith("Claim."));
                    return data;
                }),
                forgery("a record ends sooner", data -> {
                    data.replaceAll((key, text) -> text.replace("11:00:00Z", "10:00:01Z"));
                    return data;
                }),
                forgery("a record is under another key", data -> {
                    String key = data.keySet().stream()
                            .filter(name -> name.startsWith("Claim."))
                            .findFirst()
                            .orElseThrow();
                    data.put("Claim.0", String.valueOf(data.remove(key)));
                    return data;
                }),
                forgery("it says another turn", data -> {
                    data.put("turn", "9");
                    return data;
                }),
                forgery("it says no turn", data -> {
                    data.remove("turn");
                    return data;
                }),
                forgery("a record is added", data -> {
                    data.put("Claim.0", "{\"kind\":\"Claim\"}");
                    return data;
                }),
                forgery(
                        "the seal is another key's",
                        data -> remembering(claim("one")).data(new Seal(new byte[] {1}))),
                forgery("the seal is missing", data -> {
                    data.remove("seal");
                    return data;
                }),
                forgery("all is gone", data -> Map.of()),
                forgery("it is another shard's", data -> Shard.empty(3).data(SEAL)),
                forgery("it begins anew and is not empty", data -> {
                    data.put("begin", "anew");
                    return data;
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgeries")
    void isNotKnownWhere(String what, UnaryOperator<Map<String, String>> change) {
        Map<String, String> forged =
                change.apply(new HashMap<>(remembering(claim("one")).data(SEAL)));

        assertThat(Shard.read(NUMBER, forged, SEAL)).isEmpty();
    }

    @Test
    void beginsAnewWhereAnAdministratorSaysSo() {
        assertThat(Shard.read(NUMBER, Map.of("begin", "anew"), SEAL)).contains(Shard.empty(NUMBER));
    }

    @Test
    void keepsWhatANewerOperatorWrote() {
        String newer = "{\"kind\":\"Invention\",\"namespace\":\"payments\",\"until\":\"2026-11-22T11:00:00Z\"}";
        Map<String, String> data = new HashMap<>(Map.of("Invention.1", newer));
        data.put("seal", SEAL.over("memory/1", "7", "Invention.1", newer));

        Shard read = Shard.read(NUMBER, data, SEAL).orElseThrow();

        assertThat(read.records()).isEmpty();
        assertThat(read.with(claim("one"), NOW).data(SEAL)).containsEntry("Invention.1", newer);
        assertThat(read.with(claim("payments", "one", LATER.plusSeconds(60)), LATER)
                        .data(SEAL))
                .doesNotContainKey("Invention.1");
    }

    @Test
    void countsHowOftenItWasWrittenFromWhereThatWasNotCounted() {
        Map<String, String> first = new HashMap<>(remembering(claim("one")).data(SEAL));
        first.keySet().removeAll(List.of("turn", "seal"));
        List<String> parts = new ArrayList<>(List.of("memory/1", "7"));
        new TreeMap<>(first).forEach((key, text) -> parts.addAll(List.of(key, text)));
        first.put("seal", SEAL.over(parts.toArray(String[]::new)));

        Shard read = Shard.read(NUMBER, first, SEAL).orElseThrow();

        assertThat(read).isEqualTo(remembering(claim("one")));
        assertThat(read.turn()).isZero();
        assertThat(Shard.read(NUMBER, read.next().next().data(SEAL), SEAL))
                .hasValueSatisfying(shard -> assertThat(shard.turn()).isEqualTo(2));
    }

    @Test
    void isOlderWithALowerTurnOrWithOtherContentInTheSame() {
        Shard empty = Shard.empty(NUMBER);
        Shard one = remembering(claim("one"));

        assertThat(empty.next().isOlderThan(one.next().next())).isTrue();
        assertThat(empty.next().isOlderThan(one.next())).isTrue();
        assertThat(one.next().isOlderThan(one.next())).isFalse();
        assertThat(empty.next().next().isOlderThan(one.next())).isFalse();
        assertThat(empty.isOlderThan(one)).as("from before turns").isFalse();
        assertThat(empty.isOlderThan(one.next())).isTrue();
    }

    @Test
    void keepsOfTwoWhatEitherKnowsAsFarAsThereIsRoom() {
        Shard known = remembering(claim("one"), claim("two")).next().next();
        Shard older = remembering(claim("two"), claim("three")).next();

        Shard all = known.strictest(older);

        assertThat(all.records()).containsExactlyInAnyOrder(claim("one"), claim("two"), claim("three"));
        assertThat(all.turn()).isEqualTo(2);
        assertThat(known.lacking(older)).isEqualTo(1);
        Shard full = filledUp(40);
        Shard others = Shard.empty(NUMBER);
        for (int i = 0; i < 2_000; i++) {
            others = others.with(claim("others" + i % 8, "o" + i, LATER), NOW);
        }
        assertThat(full.strictest(others).records()).containsAll(full.records().toList());
        assertThat(characters(full.strictest(others))).isLessThan(Shard.MOST_CHARACTERS + 1_000);
    }

    static Stream<Arguments> twoOfAKey() {
        Claim running = new Claim("payments", "one", "uid", "ci", "", LATER, null, null);
        Claim ended = new Claim("payments", "one", "uid", "ci", "", LATER, NOW, "Expired");
        Claim longer = new Claim("payments", "one", "uid", "ci", "", LATER.plusSeconds(60), null, null);
        Claim endedAndLonger = new Claim("payments", "one", "uid", "ci", "", LATER.plusSeconds(60), NOW, "Expired");
        return Stream.of(
                Arguments.of(ended, running, ended),
                Arguments.of(running, ended, ended),
                Arguments.of(ended, longer, endedAndLonger),
                Arguments.of(longer, ended, endedAndLonger),
                Arguments.of(revoked("a", "ada"), revoked("b", "erin"), revoked("", "erin", "ada")));
    }

    private static RevokedPrivilege revoked(String keptIn, String... by) {
        List<String> kept = keptIn.isEmpty() ? List.of() : List.of(keptIn);
        return new RevokedPrivilege(
                "payments", "ci", "sa", "ClusterRole/view", List.of("a", "b"), kept, List.of(by), "r", NOW);
    }

    @ParameterizedTest
    @MethodSource("twoOfAKey")
    void keepsOfTwoOfAKeyWhatHoldsBackMost(Remembered known, Remembered other, Remembered kept) {
        assertThat(known.strictest(other)).isEqualTo(kept);
    }

    @Test
    void forgetsWhatIsOverWhenSomethingElseIsWritten() {
        Shard shard = remembering(claim("old"), claim("payments", "for ever", null));

        Shard after = shard.with(claim("payments", "new", LATER.plusSeconds(60)), LATER);

        assertThat(after.records().map(Remembered::key)).containsExactlyInAnyOrder(List.of("for ever"), List.of("new"));
    }

    @Test
    void forgetsWhatItIsToldToForget() {
        Shard after = remembering(claim("one"), claim("two")).without(claim("one"), NOW);

        assertThat(after.records()).containsExactly(claim("two"));
    }

    @Test
    void oneNamespaceHoldsSoManyAndNoMoreUntilSomeAreOver() {
        Shard full = remembering(
                IntStream.range(0, 256).mapToObj(i -> claim("g" + i)).toArray(Claim[]::new));

        assertThat(full.hasRoomFor(claim("one more"))).isFalse();
        assertThat(full.hasRoomFor(claim("g7"))).as("one that is there").isTrue();
        assertThat(full.hasRoomFor(claim("orders", "one more", LATER)))
                .as("another namespace")
                .isTrue();
        assertThat(full.willHaveRoomFor(claim("payments", "one more", LATER.plusSeconds(60)), LATER))
                .as("once they are over")
                .isTrue();
        assertThatThrownBy(() -> full.with(claim("one more"), NOW))
                .isInstanceOf(NotRemembered.class)
                .hasMessageContaining("namespace payments")
                .hasMessageContaining("256");
    }

    @Test
    void tellsHowFullItIsWhereAKindTakesMost() {
        Shard half = remembering(
                IntStream.range(0, 128).mapToObj(i -> claim("g" + i)).toArray(Claim[]::new));
        Shard full = half.with(claim("orders", "one", LATER), NOW);

        assertThat(full.fill(NOW)).containsOnly(Map.entry("Claim", 0.5));
        assertThat(full.fill(LATER)).as("once they are over").isEmpty();
        assertThat(filledUp(40).fill(NOW).get("Claim")).as("by characters").isGreaterThan(1);
    }

    @Test
    void whatOthersCanFillLeavesRoomAndNeverExceedsAConfigMap() {
        Shard full = filledUp(40);

        assertThat(characters(full)).isBetween(500_000, 600_100);
        assertThat(full.hasRoomFor(claim("elsewhere", "one", LATER))).isFalse();
    }

    @Test
    void aRecordIsNeverTooLongToBeRead() {
        Claim long1 = claim("x".repeat(5_000));

        assertThatThrownBy(() -> remembering(long1)).isInstanceOf(NotRemembered.class);
    }

    @Test
    void everyNamespaceHasItsPlaceAndAllPlacesAreUsed() {
        assertThat(IntStream.range(0, 1_000)
                        .map(i -> Shard.of("namespace-" + i))
                        .distinct())
                .hasSize(Shard.COUNT);
        assertThat(Shard.of("payments")).isEqualTo(Shard.of("payments")).isBetween(0, Shard.COUNT - 1);
    }

    @Test
    void onlyTheNamespacesOwnRecordsAreRecalled() {
        Shard shard = remembering(claim("one"), claim("orders", "one", LATER));

        assertThat(Recollection.of("payments", shard).all(Claim.class, NOW)).containsExactly(claim("one"));
        assertThat(Recollection.of("payments", shard).all(Claim.class, LATER)).isEmpty();
    }

    @Test
    void whatIsUnreadableRecallsNothingAndHasNoRoom() {
        Recollection unreadable = Recollection.unreadable("payments", "it is gone");

        assertThat(unreadable.readable()).isFalse();
        assertThat(unreadable.all(Claim.class, NOW)).isEmpty();
        assertThat(unreadable.hasRoomFor(claim("one"), NOW)).isFalse();
    }
}
