package dev.lapse.story;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.text.ParseException;
import java.util.Map;

/** A client that holds nothing but the kubeconfig a grant delivered. */
final class TokenClient {
    static final int OK = 200;
    static final int UNAUTHORIZED = 401;
    static final int FORBIDDEN = 403;

    private final KubernetesClient client;
    private final String token;

    private TokenClient(KubernetesClient client, String token) {
        this.client = client;
        this.token = token;
    }

    /** @param delivered the Secret's content, decoded */
    static TokenClient of(Map<String, String> delivered) {
        Config config = Config.fromKubeconfig(delivered.get("kubeconfig"));
        config.setNoProxy(new String[] {"127.0.0.1"});
        // After a 401 the server closes an HTTP/2 connection under the next request.
        config.setHttp2Disable(true);
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
        return new TokenClient(client, delivered.get("token"));
    }

    /** The HTTP code of a list of configmaps, which the built-in view allows. */
    int lists(String namespace) {
        return get("/api/v1/namespaces/" + namespace + "/configmaps?limit=1");
    }

    int get(String path) {
        var request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(client.getConfiguration().getMasterUrl().replaceAll("/$", "") + path)
                .build();
        return client.getHttpClient().sendAsync(request, String.class).join().code();
    }

    JWTClaimsSet claims() {
        try {
            return JWTParser.parse(token).getJWTClaimsSet();
        } catch (ParseException unreadable) {
            // The parser's message may quote the token.
            throw new AssertionError("the delivered token is no JWT");
        }
    }
}
