package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a credential plugin prints for client-go.
 *
 * @see <a href="https://kubernetes.io/docs/reference/config-api/client-authentication.v1/">ExecCredential</a>
 */
record ExecCredential(String apiVersion, String token, Optional<Instant> expiresAt) {
    private static final String GROUP = "client.authentication.k8s.io/";
    private static final List<String> VERSIONS = List.of(GROUP + "v1", GROUP + "v1beta1");

    /** @param info {@code KUBERNETES_EXEC_INFO}: whoever asks names the version it understands */
    static String version(@Nullable String info) {
        if (info == null || info.isBlank()) {
            return VERSIONS.get(0);
        }
        Object asked;
        try {
            asked = Serialization.unmarshal(info, Map.class).get("apiVersion");
        } catch (RuntimeException unreadable) {
            throw Failure.because("KUBERNETES_EXEC_INFO cannot be read");
        }
        if (!VERSIONS.contains(asked)) {
            throw Failure.because(
                    "KUBERNETES_EXEC_INFO asks for " + asked + "; this is " + String.join(" or ", VERSIONS));
        }
        return String.valueOf(asked);
    }

    /** When the token has to be fetched anew: it is over, or the grant is. */
    static Optional<Instant> end(PrivilegeGrant grant) {
        PrivilegeGrantStatus status = grant.getStatus();
        List<IssuedCredential> issued = status.credentials() == null ? List.of() : status.credentials();
        Optional<Instant> token = issued.isEmpty()
                ? Optional.empty()
                : Optional.of(issued.get(issued.size() - 1).expiresAt());
        Optional<Instant> whole = Optional.ofNullable(status.expiresAt());
        return earlier(token, whole);
    }

    static Optional<Instant> earlier(Optional<Instant> token, Optional<Instant> whole) {
        return token.isPresent() && whole.isPresent()
                ? Optional.of(token.get().isBefore(whole.get()) ? token.get() : whole.get())
                : token.or(() -> whole);
    }

    String json() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("token", token);
        expiresAt.ifPresent(at -> status.put("expirationTimestamp", at.toString()));
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("apiVersion", apiVersion);
        whole.put("kind", "ExecCredential");
        whole.put("status", status);
        return Serialization.asJson(whole);
    }

    /** A secret does not print itself. */
    @Override
    public String toString() {
        return "ExecCredential until " + expiresAt.map(Instant::toString).orElse("?");
    }
}
