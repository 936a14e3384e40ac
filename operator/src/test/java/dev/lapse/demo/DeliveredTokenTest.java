package dev.lapse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which claims are read from a delivered kubeconfig. */
class DeliveredTokenTest {
    private static final String CLAIMS = """
            {"aud":["https://kubernetes.default.svc"],"exp":1795993361,"jti":"8349f228-227d-4c83-b51d-975ba520ba4f",
             "kubernetes.io":{"namespace":"lapse-principals","serviceaccount":{"name":"lapse-b5e0120d"}},"sub":"å?>"}""";

    @Test
    void saysWhichItIsAndUntilWhen() {
        DeliveredToken token = DeliveredToken.in(kubeconfig("token: " + jwt(CLAIMS)));

        assertThat(token.id()).isEqualTo("8349f228-227d-4c83-b51d-975ba520ba4f");
        assertThat(token.expires()).isEqualTo(Instant.ofEpochSecond(1795993361));
    }

    @ParameterizedTest
    @ValueSource(strings = {"token: secret-that-is-no-jwt", "token: \"a.b.c\"", "password: secret"})
    void whatIsNoTokenIsNotQuoted(String user) {
        assertThatThrownBy(() -> DeliveredToken.in(kubeconfig(user)))
                .isInstanceOf(Unexpected.class)
                .hasMessageNotContaining("secret");
    }

    private static String kubeconfig(String user) {
        return """
                apiVersion: v1
                kind: Config
                users:
                  - name: lapse
                    user:
                      %s
                """.formatted(user);
    }

    private static String jwt(String claims) {
        return base64("{\"alg\":\"RS256\",\"kid\":\"k\"}") + "." + base64(claims) + "." + base64("signature");
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
