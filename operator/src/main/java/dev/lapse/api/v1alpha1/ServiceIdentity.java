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

/** A non-human identity: who it is, who answers for it, and what privilege it may ask for. */
@Group(Lapse.GROUP)
@Version(Lapse.VERSION)
@Singular("serviceidentity")
@Plural("serviceidentities")
@ShortNames("sid")
public final class ServiceIdentity extends CustomResource<ServiceIdentitySpec, ServiceIdentityStatus>
        implements Namespaced {

    @Required
    @JsonPropertyDescription("Who the identity is, who answers for it, and what it may ask for.")
    @Override
    public ServiceIdentitySpec getSpec() {
        return super.getSpec();
    }

    @JsonPropertyDescription("What Lapse observed and decided. Written by the operator alone.")
    @Override
    public ServiceIdentityStatus getStatus() {
        return super.getStatus();
    }
}
