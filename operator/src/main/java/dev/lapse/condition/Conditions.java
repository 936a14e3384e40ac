package dev.lapse.condition;

import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.StatusText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Replaces an object's conditions without losing since when they stand. */
public final class Conditions {
    private static final List<String> ORDER =
            Arrays.stream(ConditionType.values()).map(Enum::name).toList();

    private Conditions() {}

    /**
     * {@code wanted} and nothing else, each with the transition time it had if its status is the same. The order depends
     * on the types alone, so that a status that says the same is the same. Of two of one type the later counts.
     */
    public static List<Condition> merge(List<Condition> previous, List<Condition> wanted) {
        Map<String, Condition> merged =
                new TreeMap<>(Comparator.comparingInt(Conditions::place).thenComparing(Comparator.naturalOrder()));
        for (Condition condition : wanted) {
            merged.put(condition.type(), since(previous, condition));
        }
        return List.copyOf(merged.values());
    }

    /**
     * {@code last} with Ready Unknown: a pass has failed and is repeated, so nobody knows whether the rest still holds.
     *
     * @param why as the API server says it; empty if a log tells more
     */
    public static List<Condition> withFailure(List<Condition> last, String why, long generation, Instant now) {
        Condition failed = new Condition(
                ConditionType.Ready.name(),
                ConditionStatus.Unknown,
                Reason.StepFailed.name(),
                StatusText.fit(
                        "the operator could not look at it, and tries again: what else stands here may be old"
                                + (why.isEmpty() ? "" : "; " + why),
                        StatusText.MESSAGE),
                generation,
                now.truncatedTo(ChronoUnit.SECONDS));
        return merge(last, Stream.concat(last.stream(), Stream.of(failed)).toList());
    }

    private static Condition since(List<Condition> previous, Condition wanted) {
        return previous.stream()
                .filter(old -> old.type().equals(wanted.type()) && old.status() == wanted.status())
                .findFirst()
                .map(old -> new Condition(
                        wanted.type(),
                        wanted.status(),
                        wanted.reason(),
                        wanted.message(),
                        wanted.observedGeneration(),
                        old.lastTransitionTime()))
                .orElse(wanted);
    }

    private static int place(String type) {
        int place = ORDER.indexOf(type);
        return place < 0 ? ORDER.size() : place;
    }
}
