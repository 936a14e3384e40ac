package dev.lapse.story;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A third party's admission webhook that takes every connection and never answers, for what the operator writes in one namespace. */
final class DeafWebhook implements AutoCloseable {
    private static final int GIVES_UP_AFTER_SECONDS = 5;

    private final KubernetesClient admin;
    private final ServerSocket socket;
    private final ValidatingWebhookConfiguration configuration;

    /**
     * @param resource as {@code serviceidentities/status}
     * @param verb as {@code UPDATE}
     */
    static DeafWebhook of(KubernetesClient admin, String namespace, String resource, String verb) {
        try {
            return new DeafWebhook(
                    admin, new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), namespace, resource, verb);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DeafWebhook(KubernetesClient admin, ServerSocket socket, String namespace, String resource, String verb) {
        this.admin = admin;
        this.socket = socket;
        configuration = new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("deaf-" + namespace)
                .endMetadata()
                .addNewWebhook()
                .withName("deaf.example.com")
                .withAdmissionReviewVersions("v1")
                .withSideEffects("None")
                .withFailurePolicy("Ignore")
                .withTimeoutSeconds(GIVES_UP_AFTER_SECONDS)
                .withNewClientConfig()
                .withUrl("https://127.0.0.1:" + socket.getLocalPort() + "/")
                .endClientConfig()
                .withNewNamespaceSelector()
                .addToMatchLabels("kubernetes.io/metadata.name", namespace)
                .endNamespaceSelector()
                .addNewMatchCondition()
                .withName("the-operator")
                .withExpression("request.userInfo.username == 'system:serviceaccount:lapse-system:lapse-operator'")
                .endMatchCondition()
                .addNewRule()
                .withApiGroups("lapse.dev")
                .withApiVersions("*")
                .withResources(resource)
                .withOperations(verb)
                .endRule()
                .endWebhook()
                .build();
        admin.resource(configuration).create();
    }

    @Override
    public void close() {
        admin.resource(configuration).delete();
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
