package dev.lapse.access;

import java.util.List;
import java.util.function.Predicate;

/**
 * What is left of a privilege after its end.
 *
 * @param asked how many questions were answered
 * @param total how many questions there were
 * @param residual what still allows access, in the authorizer's words, at most 16
 * @param late those of {@code residual} that name a binding which is gone, or about to go: asked again, the answer
 *     will change
 * @param undecided whether a question could not be answered
 */
public record ResidualAccess(int asked, int total, List<String> residual, List<String> late, boolean undecided) {
    /** The questions were not asked yet, because more urgent work comes first. */
    public static final ResidualAccess POSTPONED = new ResidualAccess(0, 0, List.of(), true);

    public ResidualAccess {
        residual = List.copyOf(residual);
        late = List.copyOf(late);
    }

    public ResidualAccess(int asked, int total, List<String> residual, boolean undecided) {
        this(asked, total, residual, List.of(), undecided);
    }

    /** @param gone whether a binding that an answer named is gone, or about to go */
    public ResidualAccess withLate(Predicate<NamedBinding> gone) {
        return new ResidualAccess(
                asked,
                total,
                residual,
                residual.stream()
                        .filter(text -> NamedBinding.in(text).filter(gone).isPresent())
                        .toList(),
                undecided);
    }

    /** The result without the late answers; their questions stay open. */
    public ResidualAccess withoutLate() {
        return late.isEmpty()
                ? this
                : new ResidualAccess(
                        asked,
                        total,
                        residual.stream().filter(text -> !late.contains(text)).toList(),
                        true);
    }

    public boolean postponed() {
        return equals(POSTPONED);
    }

    /** Whether every question was answered with no. */
    public boolean removed() {
        return !undecided && residual.isEmpty();
    }
}
