package dev.lapse.review;

import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.condition.Reason;
import dev.lapse.condition.Refusal;
import dev.lapse.memory.BreakGlassDebt;
import dev.lapse.memory.Recollection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What stands in the way of a break-glass: earlier ones of the identity that nobody has reviewed, or that were not right. */
public final class BreakGlassRules {
    /** So many of one identity can be owed at once, however short they are. */
    public static final int MOST = 16;

    private BreakGlassRules() {}

    /** As {@link #of(List, BreakGlassDebt, Duration)}, of all that is remembered of its namespace. */
    public static Optional<Refusal> of(Recollection memory, BreakGlassDebt wanted, Duration maxTotal, Instant now) {
        return of(
                memory.all(BreakGlassDebt.class, now).stream()
                        .filter(debt -> debt.concerns(wanted.identity(), wanted.subject()))
                        .toList(),
                wanted,
                maxTotal);
    }

    /**
     * @param known those of the identity; one of the very same grant does not count
     * @param maxTotal how much may be owed for one incident
     */
    static Optional<Refusal> of(List<BreakGlassDebt> known, BreakGlassDebt wanted, Duration maxTotal) {
        List<BreakGlassDebt> others = known.stream()
                .filter(debt -> !debt.grantUid().equals(wanted.grantUid()))
                .toList();
        Optional<BreakGlassDebt> hold = others.stream()
                .filter(debt -> !debt.owed() && debt.givesTheSameAs(wanted))
                .findFirst();
        if (hold.isPresent()) {
            return Optional.of(new Refusal(Reason.BreakGlassHeld, held(hold.get())));
        }
        List<BreakGlassDebt> owed = others.stream().filter(BreakGlassDebt::owed).toList();
        Optional<BreakGlassDebt> ofAnother = owed.stream()
                .filter(debt -> !debt.incident().equals(wanted.incident()))
                .findFirst();
        if (ofAnother.isPresent()) {
            return owed(ofAnother.get(), "until then the identity takes break-glass for that incident only");
        }
        Duration total = owed.stream().map(BreakGlassDebt::granted).reduce(wanted.granted(), Duration::plus);
        if (total.compareTo(maxTotal) > 0) {
            return owed(
                    owed.isEmpty() ? wanted : owed.get(0),
                    "with this one it would be " + Durations.format(total)
                            + " for one incident, and breakGlass.maxTotal is " + Durations.format(maxTotal));
        }
        return owed.size() < MOST ? Optional.empty() : owed(owed.get(0), "more than " + MOST + " are not owed at once");
    }

    private static Optional<Refusal> owed(BreakGlassDebt debt, String limit) {
        return Optional.of(new Refusal(
                Reason.BreakGlassOwed,
                "the break-glass that " + debt.spec().requested().requestedBy() + " took for incident "
                        + debt.incident() + " is not reviewed yet, and " + limit + ": " + remedy(debt)));
    }

    private static String held(BreakGlassDebt debt) {
        return debt.revokedBy() + " said Revoke to the break-glass that "
                + debt.spec().requested().requestedBy() + " took for incident " + debt.incident() + ", so "
                + debt.spec().requested().role() + " is held there: " + remedy(debt) + ", but for "
                + debt.revokedBy();
    }

    private static String remedy(BreakGlassDebt debt) {
        return "AccessReview " + debt.review() + " in namespace " + debt.namespace()
                + " is decided (kubectl lapse review keep "
                + debt.review() + " -n " + debt.namespace() + ") by somebody else than "
                + debt.spec().requested().requestedBy() + " who holds the verb review on ServiceIdentity "
                + debt.identity();
    }
}
