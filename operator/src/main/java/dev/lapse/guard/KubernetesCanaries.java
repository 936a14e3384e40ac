package dev.lapse.guard;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/** Sends the canaries to the API server and tells what became of them. */
final class KubernetesCanaries {
    private final KubernetesClient client;

    KubernetesCanaries(KubernetesClient client) {
        this.client = client;
    }

    /**
     * What one round found.
     *
     * @param problem the first canary that was not refused as it must be, as a sentence; empty if none was not
     * @param letThrough whether one was created: then the guard has a hole, and not only the look at it failed
     */
    record Round(String problem, boolean letThrough) {
        boolean allRefused() {
            return problem.isEmpty();
        }
    }

    Round send() {
        Optional<Round> failed = Optional.empty();
        for (Canary canary : Canary.all()) {
            Round round = send(canary);
            // A hole counts for more than a look that failed, so all are sent.
            if (round.letThrough()) {
                return round;
            }
            if (!round.allRefused() && failed.isEmpty()) {
                failed = Optional.of(round);
            }
        }
        return failed.orElse(new Round("", false));
    }

    private Round send(Canary canary) {
        try {
            client.raw(canary.path(), "POST", canary.body());
            return new Round(canary.binding() + " let through what it must refuse (a dry run)", true);
        } catch (KubernetesClientException e) {
            String message = String.valueOf(e.getMessage());
            return new Round(canary.problemOf(message), false);
        }
    }
}
