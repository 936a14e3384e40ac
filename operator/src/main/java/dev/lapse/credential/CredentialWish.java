package dev.lapse.credential;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The wanted credential.
 *
 * @param audiences who accepts it; empty for the API server
 */
public record CredentialWish(
        String namespace, String account, Optional<Bound> bound, List<String> audiences, Duration lifetime) {

    /** The Secret it dies with, besides its account. */
    public record Bound(String secret, String uid) {}
}
