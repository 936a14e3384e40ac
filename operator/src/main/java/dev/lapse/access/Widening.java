package dev.lapse.access;

import java.util.List;
import java.util.Set;

/** Finds what a role became able to do, of the kind that ends a grant made before. */
public final class Widening {
    private Widening() {}

    /** The risks of {@code rulesNow} that are not among {@code risksThen}; names that no version knows any more are ignored. */
    public static Set<RiskyPermission> gained(Set<String> risksThen, List<Rule> rulesNow) {
        Set<RiskyPermission> gained = RiskyPermission.of(rulesNow);
        gained.removeIf(risk -> risksThen.contains(risk.name()));
        return gained;
    }
}
