package dev.lapse.runtime;

import java.time.Duration;

/**
 * Where and how health and metrics are served.
 *
 * @param host the address to listen at
 * @param port its port; 0 takes a free one
 * @param connections how many connections there may be at once
 * @param timeLimit how long a connection may live
 * @param certificate file with the certificate chain; empty: plain HTTP
 * @param key file with its private key
 * @param clientAuthorities file with the certificates that sign those of clients; empty: clients need no certificate
 */
record HttpSettings(
        String host,
        int port,
        int connections,
        Duration timeLimit,
        String certificate,
        String key,
        String clientAuthorities) {
    boolean tls() {
        return !certificate.isEmpty();
    }
}
