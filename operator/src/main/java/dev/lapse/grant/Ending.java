package dev.lapse.grant;

import dev.lapse.api.v1alpha1.EndCause;
import java.time.Instant;
import java.util.Optional;

/** That a grant has to end, why, by whom, and since when. */
record Ending(EndCause cause, Optional<String> by, Instant dueAt, String message) {}
