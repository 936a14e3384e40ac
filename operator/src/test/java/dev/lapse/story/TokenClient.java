package dev.lapse.story;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
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

    /** With a token that did not come from a grant: of an account that has one anyway. */
    static TokenClient of(Cluster cluster, String token) {
        Config config = new ConfigBuilder(cluster.as("mallory").getConfiguration())
                .withOauthToken(token)
                .withAutoOAuthToken(token)
                .withHttp2Disable(true)
                .build();
        return new TokenClient(
                new KubernetesClientBuilder()
                        .withConfig(config)
                        .withHttpClientFactory(new JdkHttpClientFactory())
                        .build(),
                token);
    }

    /** The HTTP code of a list of configmaps, which the built-in view allows. */
    int lists(String namespace) {
        return get("/api/v1/namespaces/" + namespace + "/configmaps?limit=1");
    }

    List<Integer> listsIn(String... namespaces) {
        return Arrays.stream(namespaces).map(this::lists).toList();
    }

    int get(String path) {
        return caller().get(path).code();
    }

    Caller caller() {
        return new Caller(client);
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
