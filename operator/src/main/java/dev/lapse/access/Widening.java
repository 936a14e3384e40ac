package dev.lapse.access;

import java.util.List;
import java.util.Set;

/** Finds the risks that a role gained after a grant of it began, and that end this grant. */
public final class Widening {
    private Widening() {}

    /**
     * The risks of {@code rulesNow} that are not among {@code risksThen}. Names that this version does not know are
     * ignored.
     */
    public static Set<RiskyPermission> gained(Set<String> risksThen, List<Rule> rulesNow) {
        Set<RiskyPermission> gained = RiskyPermission.of(rulesNow);
        gained.removeIf(risk -> risksThen.contains(risk.name()));
        return gained;
    }
}
