package dev.lapse.identity;

import dev.lapse.access.RiskyPermission;
import dev.lapse.access.Rule;
import dev.lapse.api.v1alpha1.EligibleEntry.Risk;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides which risky permissions an entry accepts by name. To accept one risk never accepts another. */
public final class AcceptedRisks {
    private AcceptedRisks() {}

    /** The risks of {@code rules} that {@code entry} does not name, in the order of the constants. */
    public static List<RiskyPermission> missing(EntryFacts entry, List<Rule> rules) {
        Set<String> named = entry.accepted().stream().map(Risk::name).collect(Collectors.toSet());
        return RiskyPermission.of(rules).stream()
                .filter(risk -> !named.contains(risk.name()))
                .toList();
    }

    /** Why the entry is refused for the risks of its role, with the remedy. */
    public static Optional<String> refusal(EntryFacts entry, List<Rule> rules) {
        List<RiskyPermission> missing = missing(entry, rules);
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        String names = missing.stream().map(Enum::name).collect(Collectors.joining(", "));
        return Optional.of(entry.role().text() + " lets its holder outlive a grant or reach"
                + " further than it (" + names + "), and the entry does not accept that: add "
                + (missing.size() == 1 ? "it" : "each") + " to accepts with a reason, or name a role without "
                + (missing.size() == 1 ? "it" : "them"));
    }
}
