package dev.lapse.grant.begin;

import dev.lapse.memory.NotRemembered;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/** What it means that a step on the API server failed. */
public final class KubernetesStepFailure {
    private static final int CONFLICT = 409;

    private KubernetesStepFailure() {}

    /** Whether the API server has said that it did not do it; otherwise it may have. */
    public static boolean answered(RuntimeException failed) {
        return failed instanceof KubernetesClientException refused
                && refused.getCode() >= 400
                && refused.getCode() < 500;
    }

    /** For people; nothing if the next pass will most likely do it. */
    public static Optional<String> explain(RuntimeException failed) {
        if (failed instanceof NotRemembered why) {
            return Optional.ofNullable(why.getMessage());
        }
        if (!(failed instanceof KubernetesClientException refused)) {
            return Optional.of("an error that the operator's log tells more about");
        }
        if (refused.getCode() == CONFLICT) {
            return Optional.empty();
        }
        return Optional.of(
                refused.getStatus() == null || refused.getStatus().getMessage() == null
                        ? "the API server did not answer (" + refused.getCode() + ")"
                        : refused.getStatus().getMessage());
    }
}
