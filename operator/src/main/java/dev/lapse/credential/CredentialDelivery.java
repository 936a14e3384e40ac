package dev.lapse.credential;

import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the operator issues itself, and delivers in a Secret of the grant's namespace. */
public interface CredentialDelivery {
    /**
     * For how long it is asked for.
     *
     * @param end of the grant
     */
    Duration lifetime(List<String> audiences, Instant now, Instant end);

    /** When {@code last} is renewed; empty if it lasts until the grant's end. */
    Optional<Instant> renewAt(IssuedCredential last, Instant end);

    /** Whether what expires at {@code expiry} ends with the grant even if the operator is down. */
    Dies dies(Instant expiry, Instant end);

    MintedToken issue(CredentialEffects effects, CredentialWish wish, Instant now);

    /** What the Secret holds. */
    Map<String, String> content(CredentialEffects effects, MintedToken issued, Parcel parcel);

    /**
     * How it is written down.
     *
     * @param namespace of the grant
     * @param kubeconfigNamespace where a client that is told nothing else looks
     * @param encryptTo the certificate that seals what is secret in it
     */
    record Parcel(String namespace, String kubeconfigNamespace, List<String> audiences, Optional<String> encryptTo) {}
}
