package dev.lapse.runtime;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.cluster.ServerClock;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import okhttp3.OkHttpClient;

/** The one client of the operator's process. */
final class OperatorClient {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(15);

    /** Most of an object, and nothing the operator reads: the API server keeps them where a write leaves them out. */
    @JsonIgnoreProperties("managedFields")
    private static final class WithoutManagedFields {}

    private OperatorClient() {}

    /**
     * For whoever repeats by rules of its own: this client's repetitions, up to ten within 19 s, would hold the lane's
     * workers, so that what cannot be deleted delays what can.
     */
    static KubernetesClient withoutRepetitions(KubernetesClient client) {
        return client.newClient(
                        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                .adapt(KubernetesClient.class);
    }

    static KubernetesClient connected(ServerClock clock, Watches watches) {
        Config config = new ConfigBuilder(Config.autoConfigure(null))
                .withRequestTimeout((int) CALL_LIMIT.toMillis())
                .withHttp2Disable(true)
                // Of what comes through a WebSocket nobody but its reader hears.
                .withOnlyHttpWatches(true)
                .build();
        ObjectMapper mapper = new ObjectMapper().addMixIn(ObjectMeta.class, WithoutManagedFields.class);
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(new KubernetesSerialization(mapper, true))
                // With the JDK's own client a WebSocket that is cut off at the wrong moment is given up without a word:
                // its informer would know nothing new any more, and nobody would notice.
                .withHttpClientFactory(new OkHttpClientFactory() {
                    @Override
                    protected void additionalConfig(OkHttpClient.Builder builder) {
                        // What is repeated is decided call by call: a token request never is.
                        builder.followRedirects(false).followSslRedirects(false).retryOnConnectionFailure(false);
                        builder.addInterceptor(new ListPages());
                        builder.addNetworkInterceptor(new ServerAnswers(clock, watches, config.getMasterUrl()));
                    }
                })
                .build();
    }
}
