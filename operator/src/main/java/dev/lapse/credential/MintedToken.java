package dev.lapse.credential;

import java.time.Instant;

/** A token between its issue and its delivery. It cannot print itself. */
public record MintedToken(String secret, String id, Instant issuedAt, Instant expiresAt) {
    @Override
    public String toString() {
        return "MintedToken[id=" + id + ", expiresAt=" + expiresAt + "]";
    }
}
