package dev.lapse.access;

import io.fabric8.kubernetes.api.model.authorization.v1.NonResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/** Asks the API server's authorizers with a SubjectAccessReview. */
public final class KubernetesAccess implements AccessOracle {
    private final KubernetesClient client;

    public KubernetesAccess(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Answer ask(UserInfo who, Permission what, Optional<String> namespace) {
        SubjectAccessReviewBuilder question = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(who.user())
                .withGroups(who.groups())
                .endSpec();
        if (what.isOnUrl()) {
            question.editSpec()
                    .withNonResourceAttributes(new NonResourceAttributes(what.nonResourceUrl(), what.verb()))
                    .endSpec();
        } else {
            question.editSpec()
                    .withResourceAttributes(new ResourceAttributesBuilder()
                            .withVerb(what.verb())
                            .withGroup(what.apiGroup())
                            .withResource(what.resource())
                            .withSubresource(what.subresource().isEmpty() ? null : what.subresource())
                            .withName(what.name().isEmpty() ? null : what.name())
                            .withNamespace(namespace.orElse(null))
                            .build())
                    .endSpec();
        }
        try {
            SubjectAccessReview answered = client.resource(question.build()).create();
            SubjectAccessReviewStatus status = answered.getStatus();
            if (status == null) {
                return new Answer(Verdict.Unknown, "the API server gave no answer");
            }
            String reason = status.getReason() == null ? "" : status.getReason();
            if (Boolean.TRUE.equals(status.getAllowed())) {
                return new Answer(Verdict.Allowed, reason);
            }
            // An authorizer that failed might have said yes. To take the failure for a no is safe where a yes is
            // needed, but not where a no is the proof.
            String error = status.getEvaluationError();
            return error == null || error.isEmpty()
                    ? new Answer(Verdict.Denied, reason)
                    : new Answer(Verdict.Unknown, error);
        } catch (KubernetesClientException failed) {
            return new Answer(Verdict.Unknown, "the API server could not be asked: " + message(failed));
        }
    }

    private static String message(KubernetesClientException failed) {
        return failed.getStatus() == null || failed.getStatus().getMessage() == null
                ? "no answer (" + failed.getCode() + ")"
                : failed.getStatus().getMessage();
    }
}
