package dev.lapse.memory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A record that stays with an identity, and with every identity of the same account, until people settle it. */
public sealed interface OfIdentity extends Remembered permits BreakGlassDebt, OwedCertification, RevokedPrivilege {
    /** Name of the identity. */
    String identity();

    /** User name of its account. */
    String subject();

    /** Whether the record is about this identity, or about another identity of the same account. */
    default boolean concerns(String identityName, String userName) {
        return identity().equals(identityName) || subject().equals(userName);
    }

    /** Time alone never ends the record. */
    @Override
    default @Nullable Instant until() {
        return null;
    }
}
