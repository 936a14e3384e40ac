package dev.lapse.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Tells people what went wrong between them and the API server, in the server's own words where it has some. */
final class KubernetesErrors {
    /** A policy's name is of no use to whoever is refused: its message says what to write instead. */
    private static final Pattern ADMISSION = Pattern.compile(
            "ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request: (.*)", Pattern.DOTALL);

    private static final int UNAUTHORIZED = 401;

    /** What each means, the more special ones first. */
    private static final Map<Class<? extends Throwable>, String> MEANINGS = Map.of(
            ConnectException.class, "nothing answers there",
            UnknownHostException.class, "its name is not known",
            HttpTimeoutException.class, "it does not answer",
            TimeoutException.class, "it does not answer",
            SSLException.class, "its certificate or this connection is not accepted");

    private KubernetesErrors() {}

    static Failure told(Throwable broken) {
        KubernetesClientException answer = cause(broken, KubernetesClientException.class);
        if (answer != null && answer.getCode() > 0) {
            return Failure.answered(answer.getCode(), refusal(answer));
        }
        for (Class<? extends Throwable> kind : List.of(
                ConnectException.class,
                UnknownHostException.class,
                HttpTimeoutException.class,
                TimeoutException.class,
                SSLException.class)) {
            if (cause(broken, kind) != null) {
                return Failure.because("cannot reach the API server: " + MEANINGS.get(kind));
            }
        }
        return Failure.because(sentence(broken));
    }

    /** Of an admission policy's refusal only what the policy says. */
    static String plain(String message) {
        Matcher admission = ADMISSION.matcher(message);
        return admission.find() ? admission.group(1).replaceAll("\\s+", " ").strip() : message;
    }

    private static String refusal(KubernetesClientException answer) {
        if (answer.getCode() == UNAUTHORIZED) {
            return "the API server does not know you (401): your credentials are missing or over";
        }
        String said = answer.getStatus() == null ? null : answer.getStatus().getMessage();
        return said == null || said.isBlank() ? "the API server answered " + answer.getCode() : plain(said);
    }

    private static String sentence(Throwable broken) {
        String message = broken.getMessage();
        if (message == null || message.isBlank()) {
            return "it failed for a reason without words; LAPSE_DEBUG=1 shows where";
        }
        // Libraries put the name of an exception in front of its message.
        return message.replaceAll("(?:[a-z][\\w$]*\\.)+[A-Z][\\w$]*(?:Exception|Error): ", "")
                .lines()
                .findFirst()
                .orElse(message);
    }

    private static <T extends Throwable> @Nullable T cause(@Nullable Throwable broken, Class<T> kind) {
        for (Throwable at = broken; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return kind.cast(at);
            }
        }
        return null;
    }
}
