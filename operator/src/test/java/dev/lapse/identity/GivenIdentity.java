package dev.lapse.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;

/** Identities for tests, here and in the packages above. */
public final class GivenIdentity {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final KubernetesSerialization OBJECTS = new KubernetesSerialization();
    private static final SubjectFacts CI = new SubjectFacts(
            "system:serviceaccount:payments:ci",
            Optional.of("ci"),
            Optional.of("subject-uid"),
            false,
            false,
            Optional.empty(),
            true);

    private GivenIdentity() {}

    /** With the status it carries, as if the operator had written that. */
    public static IdentityFacts of(ServiceIdentity identity, Profile profile, SubjectFacts subject) {
        return IdentityFacts.of(identity, identity.getStatus(), profile, subject);
    }

    /** The Pipeline payments/ci, whose account is there; {@code spec} says the rest, or says otherwise. */
    public static IdentityFacts with(String spec) {
        return with(spec, CI);
    }

    static IdentityFacts with(String spec, SubjectFacts subject) {
        try {
            ObjectNode identity = (ObjectNode) YAML.readTree("""
                    apiVersion: lapse.dev/v1alpha1
                    kind: ServiceIdentity
                    metadata:
                      name: ci
                      namespace: payments
                      uid: identity-uid
                      generation: 1
                      creationTimestamp: 2026-11-01T12:00:00Z
                    spec:
                      actorType: Pipeline
                      subject: {serviceAccount: {name: ci}}
                    """);
            identity.withObject("/spec").setAll((ObjectNode) YAML.readTree(spec));
            ServiceIdentity resource = OBJECTS.convertValue(identity, ServiceIdentity.class);
            Profile profile = Profile.defaults().get(resource.getSpec().actorType());
            return of(resource, Objects.requireNonNull(profile), subject);
        } catch (IOException wrong) {
            throw new UncheckedIOException(wrong);
        }
    }
}
