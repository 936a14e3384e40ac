package dev.lapse.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/** What it means that a call to the API server failed. */
public final class KubernetesFailure {
    /** The object has changed since it was read, or its name is taken. */
    public static final int CONFLICT = 409;

    public static final int FORBIDDEN = 403;

    public static final int NOT_FOUND = 404;

    /** It breaks a rule of its schema. */
    public static final int UNPROCESSABLE = 422;

    private KubernetesFailure() {}

    /** Whether the API server has said that it did not do it; otherwise it may have. */
    public static boolean answered(RuntimeException failed) {
        return failed instanceof KubernetesClientException refused
                && refused.getCode() >= 400
                && refused.getCode() < 500;
    }

    /**
     * Whether it is worth a line in a status. It is not where the object has changed since it was read, or is gone: the
     * next pass sees that; nor where the API server did not answer: it would not take the line either.
     */
    public static boolean worthTelling(Exception failed) {
        return !(failed instanceof KubernetesClientException refused)
                || (answered(refused) && refused.getCode() != CONFLICT && refused.getCode() != NOT_FOUND);
    }

    /** For people; nothing if the next pass will most likely do it. */
    public static Optional<String> explain(Exception failed) {
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
