package dev.lapse.credential;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** How long a token is asked for, when it is renewed, and whether it ends on time without the operator. */
public final class TokenSchedule {
    /** No API server issues a shorter token. */
    public static final Duration SHORTEST = Duration.ofSeconds(600);

    /** For so long after its {@code exp} an API server may still accept a token: 60 s leeway and 10 s of cache. */
    public static final Duration LEEWAY = Duration.ofSeconds(70);

    /** For so long after its account or Secret is gone an API server may still accept a token that was just used. */
    public static final Duration CACHE = Duration.ofSeconds(10);

    private TokenSchedule() {}

    /** The lifetime to ask for, so that the token is dead at {@code end} if that can be had. */
    public static Duration lifetime(Instant now, Instant end) {
        Duration wanted = Duration.between(now, end.minus(LEEWAY)).truncatedTo(ChronoUnit.SECONDS);
        return wanted.compareTo(SHORTEST) < 0 ? SHORTEST : wanted;
    }

    /** A token for another audience than the API server cannot be revoked, so it gets the shortest lifetime. */
    public static Duration lifetime(List<String> audiences, Instant now, Instant end) {
        return audiences.isEmpty() ? lifetime(now, end) : SHORTEST;
    }

    /**
     * By when nobody accepts the token any more, once its account or Secret is gone. An audience other than the API
     * server may go by the signature alone, until the token expires.
     */
    public static Instant deadAt(List<String> audiences, Instant gone, Instant expiry) {
        return audiences.isEmpty() ? gone.plus(CACHE) : expiry.plus(LEEWAY);
    }

    /** Whether a token that expires at {@code expiry} is refused from {@code end} on, even if the operator is down. */
    public static boolean diesByItself(Instant expiry, Instant end) {
        return !expiry.plus(LEEWAY).isAfter(end);
    }

    /** When a token that does not reach the grant's end is renewed: at four fifths of its life. */
    public static Instant renewAt(Instant issuedAt, Instant expiry) {
        return issuedAt.plus(Duration.between(issuedAt, expiry).multipliedBy(4).dividedBy(5));
    }

    /** Whether the API server gave less than the grant needs, so that the token must be renewed before its end. */
    public static boolean endsTooEarly(Instant expiry, Instant end) {
        return expiry.plus(LEEWAY).plusSeconds(30).isBefore(end);
    }
}
