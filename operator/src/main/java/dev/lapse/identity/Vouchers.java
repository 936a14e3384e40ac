package dev.lapse.identity;

import java.time.Instant;

/** Where people are asked to vouch for entries that go beyond the limits of the applier that wrote them. */
public interface Vouchers {
    /** What people said about exactly this entry of exactly this role. Sends no request. */
    Vouching of(IdentityFacts identity, EntryFacts entry, RoleFacts role, Instant now);

    /** Asks people to vouch. To ask again changes nothing. */
    Vouching.Asked ask(IdentityFacts identity, EntryFacts entry, RoleFacts role, Instant now);
}
