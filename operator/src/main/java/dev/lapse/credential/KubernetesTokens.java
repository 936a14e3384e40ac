package dev.lapse.credential;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import dev.lapse.credential.CredentialDelivery.Parcel;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.text.ParseException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** Issues ServiceAccount tokens through TokenRequest, and writes them down the way clients read them. */
public final class KubernetesTokens implements CredentialEffects {
    private final KubernetesClient client;
    private final String server;
    private final String authority;

    /**
     * @param server the API server's address as the readers of the tokens reach it
     * @param authority the certificates that sign the API server's, as PEM
     */
    public KubernetesTokens(KubernetesClient client, String server, String authority) {
        // A token request is never repeated. If an answer was lost, a second request would leave an unknown token that
        // lives as long as the grant.
        this.client = client.newClient(
                        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                .adapt(KubernetesClient.class);
        this.server = server;
        this.authority = authority;
    }

    @Override
    public MintedToken token(CredentialWish wish, Instant now) {
        TokenRequestBuilder request = new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(wish.audiences())
                .withExpirationSeconds(wish.lifetime().toSeconds())
                .endSpec();
        wish.bound()
                .ifPresent(bound -> request.editSpec()
                        .withNewBoundObjectRef()
                        .withApiVersion("v1")
                        .withKind("Secret")
                        .withName(bound.secret())
                        .withUid(bound.uid())
                        .endBoundObjectRef()
                        .endSpec());
        return send(wish.namespace(), wish.account(), request.build(), now);
    }

    @Override
    public Map<String, String> tokenContent(MintedToken token, Parcel parcel) {
        Map<String, String> secret = new HashMap<>();
        secret.put("token", token.secret());
        Map<String, String> content = new HashMap<>();
        content.put("namespace", parcel.namespace());
        if (parcel.audiences().isEmpty()) {
            content.put("ca.crt", authority);
            secret.put("kubeconfig", kubeconfig(token, parcel.kubeconfigNamespace()));
        }
        if (parcel.encryptTo().isEmpty()) {
            content.putAll(secret);
        } else {
            TokenEnvelope envelope = TokenEnvelope.to(parcel.encryptTo().get());
            secret.forEach((key, value) -> content.put(key + ".cms", envelope.seal(value)));
        }
        return content;
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
        // The expiry in the answer counts, not the one that was asked for: servers shorten and extend it.
        Instant expiresAt = Instant.parse(answer.getStatus().getExpirationTimestamp());
        return new MintedToken(secret, id(secret), now.truncatedTo(ChronoUnit.SECONDS), expiresAt);
    }

    /**
     * The API server has just signed the token and sent it over its own connection, so the signature is not checked
     * again.
     */
    private static String id(String token) {
        try {
            JWTClaimsSet claims = JWTParser.parse(token).getJWTClaimsSet();
            return claims.getJWTID() == null ? "" : claims.getJWTID();
        } catch (ParseException unreadable) {
            // The parser's message may quote the token, so it is not passed on.
            throw new IllegalStateException("the API server issued a token that is no JWT");
        }
    }
}
