package dev.lapse.identity;

import dev.lapse.access.RiskyPermission;
import dev.lapse.access.Rule;
import dev.lapse.access.RulesHash;
import dev.lapse.api.v1alpha1.Lapse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The role of an entry as it stands in each place it would be bound.
 *
 * @param places namespace to what was found there; the empty string for a ClusterRole, which is the same everywhere.
 *     A place without the role is missing
 * @param wanted every place there should be
 */
public record RoleFacts(Map<String, Seen> places, List<String> wanted) {
    /** @param known its rules; empty if the API server would have to be asked for them, and was not */
    public record Seen(String uid, Optional<List<Rule>> known) {
        public Seen(String uid, List<Rule> rules) {
            this(uid, Optional.of(rules));
        }

        public static Seen unread(String uid) {
            return new Seen(uid, Optional.empty());
        }

        /** Unknown rules must not be taken for no rules. */
        private List<Rule> rules() {
            return known.orElseThrow(() -> new IllegalStateException("the rules of the role were not read"));
        }
    }

    public RoleFacts {
        places = Map.copyOf(new TreeMap<>(places));
        wanted = List.copyOf(wanted);
    }

    /** Whether the rules are known in every place that has the role. */
    public boolean read() {
        return places.values().stream().allMatch(seen -> seen.known().isPresent());
    }

    public List<String> missing() {
        return wanted.stream().filter(place -> !places.containsKey(place)).toList();
    }

    /** The places whose role has more rules than anybody could judge, so that they were not read. */
    public List<String> tooLarge() {
        return wanted.stream()
                .filter(place -> rulesIn(place).stream()
                        .anyMatch(rule -> rule.apiGroups().contains(Lapse.TOO_LARGE)))
                .toList();
    }

    /** The rules that hold in a namespace, or cluster-wide for the empty string. */
    public List<Rule> rulesIn(String namespace) {
        Seen everywhere = places.get("");
        Seen here = everywhere == null ? places.get(namespace) : everywhere;
        return here == null ? List.of() : here.rules();
    }

    public List<Rule> allRules() {
        List<Rule> all = new ArrayList<>();
        wanted.forEach(place -> all.addAll(rulesIn(place)));
        return all.stream().distinct().toList();
    }

    public List<String> uids() {
        return wanted.stream()
                .map(places::get)
                .filter(Objects::nonNull)
                .map(Seen::uid)
                .toList();
    }

    public String hash() {
        return RulesHash.of(allRules());
    }

    public List<String> risks() {
        return RiskyPermission.of(allRules()).stream().map(Enum::name).toList();
    }
}
