package dev.lapse.cli;

import dev.lapse.api.v1alpha1.EligibleEntry;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which of a person's groups to state beside their name: those that a right, or a place on a list, comes from, and no
 * more, because everybody who may read the object reads them.
 */
final class NeededGroups {
    /** The operator adds these by itself. */
    private static final Set<String> IMPLIED = Set.of("system:authenticated", "system:unauthenticated");

    private NeededGroups() {}

    /**
     * @param listed the users and groups of whom one must be; empty if anybody may
     * @param right what the API server says about the verb
     */
    static List<String> of(Person me, List<EligibleEntry.Person> listed, Right right) {
        Set<String> needed = new LinkedHashSet<>();
        right.group().filter(NeededGroups::tells).filter(me.groups()::contains).ifPresent(needed::add);
        place(me, listed, needed).ifPresent(needed::add);
        return List.copyOf(needed);
    }

    /** The group that makes one of those who are listed, if no name does. */
    private static Optional<String> place(Person me, List<EligibleEntry.Person> listed, Set<String> stated) {
        boolean byName = listed.stream().anyMatch(person -> me.user().equals(person.user()));
        if (listed.isEmpty() || byName) {
            return Optional.empty();
        }
        List<String> mine = listed.stream()
                .flatMap(person -> Optional.ofNullable(person.group()).stream())
                .filter(me.groups()::contains)
                .filter(NeededGroups::tells)
                .toList();
        return mine.stream().anyMatch(stated::contains)
                ? Optional.empty()
                : mine.stream().findFirst();
    }

    private static boolean tells(String group) {
        return !IMPLIED.contains(group) && !group.startsWith("system:serviceaccounts");
    }
}
