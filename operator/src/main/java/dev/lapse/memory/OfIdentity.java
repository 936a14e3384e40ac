package dev.lapse.memory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What stays with an identity, and with whichever identity has its account, until people settle it. */
public sealed interface OfIdentity extends Remembered permits BreakGlassDebt, OwedCertification, RevokedPrivilege {
    /** Name of the identity. */
    String identity();

    /** User name of its account. */
    String subject();

    /** Whether it is about this identity, or about the one that has this account. */
    default boolean concerns(String identityName, String userName) {
        return identity().equals(identityName) || subject().equals(userName);
    }

    /** It is never over by itself. */
    @Override
    default @Nullable Instant until() {
        return null;
    }
}
