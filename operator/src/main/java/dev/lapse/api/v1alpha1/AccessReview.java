package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** A question that people decide, with their verdicts. */
@Group(Lapse.GROUP)
@Version(Lapse.VERSION)
@Singular("accessreview")
@Plural("accessreviews")
@ShortNames("areview")
public final class AccessReview extends CustomResource<AccessReviewSpec, AccessReviewStatus> implements Namespaced {

    @Required
    @JsonPropertyDescription("What is to be decided, by whom and until when. Immutable but for decisions.")
    @Override
    public AccessReviewSpec getSpec() {
        return super.getSpec();
    }

    @JsonPropertyDescription("What came of it. Written by the operator alone.")
    @Override
    public AccessReviewStatus getStatus() {
        return super.getStatus();
    }
}
