package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TurnsOfNamespacesTest {
    private final TurnsOfNamespaces<String> turns = new TurnsOfNamespaces<>();

    private List<String> all() {
        return Stream.generate(turns::next)
                .takeWhile(next -> next.isPresent())
                .map(next -> next.orElseThrow())
                .toList();
    }

    @Test
    void aThousandOfOneNamespaceDelayAnotherOnesByASingleOne() {
        Stream.iterate(1, n -> n + 1).limit(1000).forEach(n -> turns.add("many", "many-" + n));
        turns.add("few", "few-1");
        turns.add("few", "few-2");

        assertThat(all())
                .startsWith("many-1", "few-1", "many-2", "few-2", "many-3")
                .hasSize(1002);
    }

    @Test
    void withinANamespaceItIsFirstInFirstOut() {
        turns.add("one", "b");
        turns.add("one", "a");
        turns.add("one", "b");

        assertThat(all()).containsExactly("b", "a");
    }

    @Test
    void whatIsTakenBackIsNobodysTurn() {
        turns.add("one", "a");
        turns.remove("one", "a");
        turns.add("two", "b");

        assertThat(turns.size()).isEqualTo(1);
        assertThat(all()).containsExactly("b");
        assertThat(turns.isEmpty()).isTrue();
    }
}
