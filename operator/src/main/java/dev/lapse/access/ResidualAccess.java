package dev.lapse.access;

import java.util.List;

/**
 * What was found of a privilege after its end.
 *
 * @param asked how many questions were answered
 * @param total how many there were to ask
 * @param residual what still allows, in the authorizer's words, at most 16
 * @param undecided whether a question could not be answered
 */
public record ResidualAccess(int asked, int total, List<String> residual, boolean undecided) {
    public ResidualAccess {
        residual = List.copyOf(residual);
    }

    /** Whether every question was answered with no. */
    public boolean removed() {
        return !undecided && residual.isEmpty();
    }
}
