package dev.lapse.access;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which duties nobody may hold together. A duty is a set of permissions with a name, and is held by whoever has one of
 * them; which duties conflict is the administrators' to say.
 */
public record SeparationOfDuties(List<Duty> duties, List<Conflict> conflicts) {
    public static final SeparationOfDuties NONE = new SeparationOfDuties(List.of(), List.of());

    /** @param rules without wildcards: each permission can be asked about */
    public record Duty(String name, List<Rule> rules) {
        public Duty {
            rules = List.copyOf(rules);
        }

        /** What the API server is asked to find out whether somebody holds it. */
        public List<Permission> permissions() {
            return Permission.of(rules);
        }

        boolean heldBy(Rule role) {
            return rules.stream().anyMatch(rule -> overlap(rule, role));
        }

        /**
         * Whether a rule of a role gives any permission of the duty. If only one of the two names objects, they count
         * as overlapping.
         */
        private static boolean overlap(Rule duty, Rule role) {
            return any(duty.verbs(), role.verbs())
                    && any(duty.apiGroups(), role.apiGroups())
                    && duty.resources().stream()
                            .anyMatch(mine ->
                                    role.resources().stream().anyMatch(theirs -> RulePattern.covers(theirs, mine)))
                    && (duty.resourceNames().isEmpty()
                            || role.resourceNames().isEmpty()
                            || duty.resourceNames().stream().anyMatch(role.resourceNames()::contains));
        }

        private static boolean any(List<String> mine, List<String> theirs) {
            return theirs.contains(RulePattern.ALL) || mine.stream().anyMatch(theirs::contains);
        }
    }

    /** @param reason for people: why nobody holds both */
    public record Conflict(String one, String other, String reason) {
        /** Whether these are the two, in either order. */
        public boolean between(String mine, String theirs) {
            return (one.equals(mine) && other.equals(theirs)) || (one.equals(theirs) && other.equals(mine));
        }

        /** As people say it. */
        public String describe() {
            return one + " and " + other + " (" + reason + ")";
        }
    }

    public SeparationOfDuties {
        duties = List.copyOf(duties);
        conflicts = List.copyOf(conflicts);
    }

    /** The names of the duties that a role gives, as far as they are part of a conflict. */
    public Set<String> in(List<Rule> role) {
        TreeSet<String> held = new TreeSet<>();
        duties.stream()
                .filter(duty -> conflicts.stream().anyMatch(conflict -> concerns(conflict, duty.name())))
                .filter(duty -> role.stream().anyMatch(duty::heldBy))
                .forEach(duty -> held.add(duty.name()));
        return held;
    }

    /** Every conflict between a duty of the one set and one of the other. */
    public List<Conflict> between(Set<String> mine, Set<String> theirs) {
        return conflicts.stream()
                .filter(conflict -> mine.stream()
                        .anyMatch(duty -> theirs.stream().anyMatch(other -> conflict.between(duty, other))))
                .toList();
    }

    /** Whether anybody declared that these two conflict. */
    public boolean declares(String one, String other) {
        return conflicts.stream().anyMatch(conflict -> conflict.between(one, other));
    }

    /** Each duty that conflicts with one of {@code mine}. */
    public List<Duty> against(Set<String> mine) {
        return duties.stream()
                .filter(duty -> !between(mine, Set.of(duty.name())).isEmpty())
                .toList();
    }

    private static boolean concerns(Conflict conflict, String duty) {
        return Stream.of(conflict.one(), conflict.other()).anyMatch(duty::equals);
    }
}
