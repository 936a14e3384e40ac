package dev.lapse.credential;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;

/** Issues ServiceAccount tokens through TokenRequest, and writes them down the way clients read them. */
public final class KubernetesTokens {
    private final KubernetesClient client;
    private final String server;
    private final String authority;

    /**
     * @param server the API server's address as the readers of the tokens reach it
     * @param authority the certificates that sign the API server's, as PEM
     */
    public KubernetesTokens(KubernetesClient client, String server, String authority) {
        this.client = client;
        this.server = server;
        this.authority = authority;
    }

    /** A token that lives as long as the account does, and no longer than {@code lifetime}. */
    public MintedToken issue(String namespace, String account, Duration lifetime, Instant now) {
        return send(
                namespace,
                account,
                new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(lifetime.toSeconds())
                        .endSpec()
                        .build(),
                now);
    }

    /** A token that also dies with a Secret of the account's namespace. */
    public MintedToken issueBoundTo(
            String secret, String secretUid, String namespace, String account, Duration lifetime, Instant now) {
        return send(
                namespace,
                account,
                new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(lifetime.toSeconds())
                        .withNewBoundObjectRef()
                        .withApiVersion("v1")
                        .withKind("Secret")
                        .withName(secret)
                        .withUid(secretUid)
                        .endBoundObjectRef()
                        .endSpec()
                        .build(),
                now);
    }

    /** What a credential Secret holds. */
    public Map<String, String> content(MintedToken token, String namespace, String kubeconfigNamespace) {
        return Map.of(
                "token",
                token.secret(),
                "ca.crt",
                authority,
                "namespace",
                namespace,
                "kubeconfig",
                kubeconfig(token, kubeconfigNamespace));
    }

    private String kubeconfig(MintedToken token, String namespace) {
        return Serialization.asYaml(new ConfigBuilder()
                .withApiVersion("v1")
                .withKind("Config")
                .addNewCluster()
                .withName("cluster")
                .withNewCluster()
                .withServer(server)
                .withCertificateAuthorityData(
                        Base64.getEncoder().encodeToString(authority.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .endCluster()
                .endCluster()
                .addNewUser()
                .withName("grant")
                .withNewUser()
                .withToken(token.secret())
                .endUser()
                .endUser()
                .addNewContext()
                .withName("grant")
                .withNewContext()
                .withCluster("cluster")
                .withUser("grant")
                .withNamespace(namespace)
                .endContext()
                .endContext()
                .withCurrentContext("grant")
                .build());
    }

    private MintedToken send(String namespace, String account, TokenRequest request, Instant now) {
        TokenRequest answer = client.serviceAccounts()
                .inNamespace(namespace)
                .withName(account)
                .tokenRequest(request);
        String secret = answer.getStatus().getToken();
        // What was really given counts, not what was asked for: servers shorten and stretch.
        Instant expiresAt = Instant.parse(answer.getStatus().getExpirationTimestamp());
        return new MintedToken(secret, id(secret), now.truncatedTo(ChronoUnit.SECONDS), expiresAt);
    }

    /** The API server has just signed it over its own connection: reading the claims needs no second check. */
    private static String id(String token) {
        try {
            JWTClaimsSet claims = JWTParser.parse(token).getJWTClaimsSet();
            return claims.getJWTID() == null ? "" : claims.getJWTID();
        } catch (ParseException unreadable) {
            // The parser's own message may quote the token.
            throw new IllegalStateException("the API server issued a token that is no JWT");
        }
    }
}
