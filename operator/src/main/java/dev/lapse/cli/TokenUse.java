package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.Credential;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** A token that is delivered in a Secret is read from there. */
final class TokenUse implements CredentialUse {
    /** A token for somebody else than the API server has no kubeconfig around it; what is sealed, its key opens. */
    @Override
    public String told(PrivilegeGrant grant) {
        Credential credential = grant.getSpec().credential();
        boolean elsewhere = credential != null && credential.audiences() != null;
        boolean sealed = credential != null && credential.encryptTo() != null;
        return "use it: kubectl get secret " + NextStep.secret(grant) + NextStep.namespace(grant)
                + " -o jsonpath='{.data."
                + (elsewhere ? "token" : "kubeconfig") + (sealed ? "\\.cms" : "") + "}' | base64 -d"
                + (sealed ? " | openssl cms -decrypt -inform PEM -inkey KEY.pem" : "");
    }

    @Override
    public boolean isDelivered() {
        return true;
    }

    @Override
    public Optional<String> notForCaller(KubernetesSession session) {
        return session.may("get", "", "secrets", session.namespace(), null).allowed()
                ? Optional.empty()
                : Optional.of("the token would be delivered in a Secret of namespace " + session.namespace()
                        + ", and you may not read Secrets there");
    }

    @Override
    public ExecCredential handedOut(String version, KubernetesSession session, PrivilegeGrant active) {
        return new ExecCredential(version, token(session, active), ExecCredential.end(active));
    }

    private static String token(KubernetesSession session, PrivilegeGrant active) {
        String name = NextStep.secret(active);
        Map<String, String> content = session.secret(name)
                .map(Secret::getData)
                .orElseThrow(() -> Failure.because("Secret " + name + ", which delivers the token, is gone"));
        String token = content.get("token");
        if (token == null) {
            throw Failure.because("Secret " + name + " holds no token that can be read");
        }
        return new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
    }
}
