package dev.lapse.review;

import dev.lapse.access.ContentHash;
import dev.lapse.api.v1alpha1.Decision;
import java.util.List;

/** Tells one version of a verdict from another. */
final class DecisionHash {
    private DecisionHash() {}

    static String of(Decision decision) {
        List<String> groups = decision.byAs() == null ? List.of() : decision.byAs();
        return ContentHash.of(
                decision.item(),
                decision.by(),
                String.join("\n", groups),
                decision.verdict().name(),
                decision.itemHash(),
                decision.comment() == null ? "" : decision.comment());
    }
}
