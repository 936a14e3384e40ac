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

/** One just-in-time privilege of an identity, from its request to the proof of its end. */
@Group(Lapse.GROUP)
@Version(Lapse.VERSION)
@Singular("privilegegrant")
@Plural("privilegegrants")
@ShortNames("pgrant")
public final class PrivilegeGrant extends CustomResource<PrivilegeGrantSpec, PrivilegeGrantStatus>
        implements Namespaced {

    @Required
    @JsonPropertyDescription("What is asked for, by whom, why and for how long. Immutable but for its revocation.")
    @Override
    public PrivilegeGrantSpec getSpec() {
        return super.getSpec();
    }

    @JsonPropertyDescription("What Lapse did and found. Written by the operator alone.")
    @Override
    public PrivilegeGrantStatus getStatus() {
        return super.getStatus();
    }
}
