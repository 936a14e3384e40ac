package dev.lapse.grant.request;

import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.Obstacle;
import java.time.Instant;
import java.util.Optional;

/** One thing that must hold before a grant may become active. */
@FunctionalInterface
interface RequestCheck {
    /** Nothing if it holds. */
    Optional<Obstacle> of(GrantFacts facts, Instant now);
}
