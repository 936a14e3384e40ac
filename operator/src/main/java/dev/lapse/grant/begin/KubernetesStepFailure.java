package dev.lapse.grant.begin;

import dev.lapse.cluster.KubernetesFailure;
import dev.lapse.memory.NotRemembered;
import java.util.Optional;

/** What it means that a step of a grant failed. */
public final class KubernetesStepFailure {
    private KubernetesStepFailure() {}

    /** For people; nothing if the next pass will most likely do it. */
    public static Optional<String> explain(RuntimeException failed) {
        return failed instanceof NotRemembered why
                ? Optional.ofNullable(why.getMessage())
                : KubernetesFailure.explain(failed);
    }
}
