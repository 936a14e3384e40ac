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

    /**
     * Managed fields are most of an object, and the operator reads none. The API server keeps them if a write leaves
     * them out.
     */
    @JsonIgnoreProperties("managedFields")
    private static final class WithoutManagedFields {}

    private OperatorClient() {}

    /**
     * A client for callers that retry by rules of their own. This client's own retries, up to ten within 19 s, would
     * hold the lane's workers, so that a deletion that fails would delay others.
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
                // Only the reader of a WebSocket sees its messages, so watches go over plain HTTP.
                .withOnlyHttpWatches(true)
                .build();
        ObjectMapper mapper = new ObjectMapper().addMixIn(ObjectMeta.class, WithoutManagedFields.class);
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(new KubernetesSerialization(mapper, true))
                // The JDK's own client gives up a WebSocket silently if it is cut off at the wrong moment. Its
                // informer would see nothing new any more, and nobody would notice.
                .withHttpClientFactory(new OkHttpClientFactory() {
                    @Override
                    protected void additionalConfig(OkHttpClient.Builder builder) {
                        // Retries are decided for each call: a token request is never repeated.
                        builder.followRedirects(false).followSslRedirects(false).retryOnConnectionFailure(false);
                        builder.addInterceptor(new ListPages());
                        builder.addNetworkInterceptor(new ServerAnswers(clock, watches, config.getMasterUrl()));
                    }
                })
                .build();
    }
}
