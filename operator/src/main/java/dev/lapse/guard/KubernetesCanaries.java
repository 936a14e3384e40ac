package dev.lapse.guard;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** Sends the canaries to the API server and reports the answers. */
final class KubernetesCanaries {
    static final String BEHIND =
            "the API server goes by another version of ConfigMap lapse-system/lapse-guard than the one it stores; if that"
                    + " lasts, restart it: it stops reading parameters when all bindings that use them are gone for a second"
                    + " (kubernetes/kubernetes issue 130887)";

    private final KubernetesClient client;

    KubernetesCanaries(KubernetesClient client) {
        this.client = client;
    }

    /**
     * The result of one round.
     *
     * @param problem the first canary that was not refused as it must be, as a sentence; empty if all were
     * @param letThrough whether a canary was admitted: then the guard has a hole, and not only the request failed
     * @param behind whether the only problem is that the API server uses other parameters than those it stores
     */
    record Round(String problem, boolean letThrough, boolean behind) {
        static final Round REFUSED = new Round("", false, false);

        boolean allRefused() {
            return problem.isEmpty();
        }
    }

    /** @param parameters the resourceVersion of the parameters that are stored */
    Round send(String parameters) {
        Round found = Round.REFUSED;
        for (Canary canary : Canary.all()) {
            Round round = send(canary, parameters);
            // A hole matters more than a failed request, so all canaries are sent.
            if (round.letThrough()) {
                return round;
            }
            if (found.allRefused() || (found.behind() && !round.allRefused())) {
                found = round;
            }
        }
        return found;
    }

    private Round send(Canary canary, String parameters) {
        try {
            client.raw(canary.path(), "POST", canary.body());
            return new Round(canary.binding() + " let through what it must refuse (a dry run)", true, false);
        } catch (KubernetesClientException e) {
            String message = String.valueOf(e.getMessage());
            String problem = canary.problemOf(message);
            return problem.isEmpty() && canary.goesByOtherParameters(message, parameters)
                    ? new Round(BEHIND, false, true)
                    : new Round(problem, false, false);
        }
    }
}
