package dev.lapse.grant;

import static dev.lapse.grant.Obstacle.refuse;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.condition.Reason;
import dev.lapse.grant.GrantAction.Remember;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.memory.Claim;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the memory means for a claimed request, and what it must be told of one: whoever wrote it would write it
 * again and again, so once it was taken up its name is spent until its notAfter. A person who asks for themselves is none
 * of its business.
 */
public final class ClaimMemory {
    public static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private ClaimMemory() {}

    /** Unknown never grants: what has been before must be known, and this one must find room. */
    public static Optional<Obstacle> nameIsNotSpent(GrantFacts facts, Instant now) {
        if (!facts.request().claimed()) {
            return Optional.empty();
        }
        if (!facts.memory().readable()) {
            return waiting(
                    Reason.MemoryUnreadable,
                    "whether a claimed request of this name has ended before is not known: "
                            + facts.memory().problem(),
                    now);
        }
        Optional<Claim> before = before(facts, now);
        if (before.isPresent()) {
            boolean itself = before.get().uid().equals(facts.request().uid());
            return itself && before.get().endedAt() == null
                    ? Optional.empty()
                    : refuse(Reason.ClaimEnded, spent(before.get()));
        }
        Claim own = claim(facts, null, null);
        return facts.memory().hasRoomFor(own, now)
                ? Optional.empty()
                : waiting(Reason.MemoryFull, facts.memory().full(own), now);
    }

    /** From before it can have given anything on, so that nothing depends on somebody seeing its end. */
    static Optional<GrantAction> begins(GrantFacts facts, Instant now) {
        return facts.request().claimed() && before(facts, now).isEmpty()
                ? Optional.of(new Remember(claim(facts, null, null)))
                : Optional.empty();
    }

    /** What is to be remembered before this end is final; nothing if it is, or if that cannot be done now. */
    public static Optional<GrantAction> ends(GrantFacts facts, EndCause cause, Instant now) {
        return owed(facts, cause, now)
                .filter(claim -> facts.memory().hasRoomFor(claim, now))
                .map(Remember::new);
    }

    /** Whether this end is not remembered yet. */
    public static boolean forgetful(GrantFacts facts, Instant now) {
        return facts.record()
                .end()
                .map(End::cause)
                .flatMap(cause -> owed(facts, cause, now))
                .isPresent();
    }

    private static Optional<Claim> owed(GrantFacts facts, EndCause cause, Instant now) {
        GrantRequest request = facts.request();
        // One that was deleted while it waited was withdrawn: asked for again, it is decided again.
        boolean begun = request.held() || facts.record().announced();
        if (!request.claimed() || (cause == EndCause.Deleted && !begun)) {
            return Optional.empty();
        }
        Optional<Claim> before = before(facts, now);
        Claim own = claim(facts, now.truncatedTo(ChronoUnit.SECONDS), cause);
        Claim wanted = before.filter(known -> !known.uid().equals(request.uid()) || known.endedAt() != null)
                .map(known -> known.extendedTo(own.until()))
                .orElse(own);
        return wanted.over(now) || before.filter(wanted::equals).isPresent() ? Optional.empty() : Optional.of(wanted);
    }

    private static Optional<Claim> before(GrantFacts facts, Instant now) {
        return facts.memory().all(Claim.class, now).stream()
                .filter(claim -> claim.grant().equals(facts.request().name()))
                .findFirst();
    }

    private static Claim claim(GrantFacts facts, @Nullable Instant endedAt, @Nullable EndCause cause) {
        GrantRequest request = facts.request();
        return new Claim(
                request.namespace(),
                request.name(),
                request.uid(),
                request.identity(),
                facts.identity().map(identity -> identity.subject().userName()).orElse(""),
                request.notAfter().orElse(null),
                endedAt,
                cause == null ? null : cause.name());
    }

    private static String spent(Claim before) {
        String ended = before.endedAt() == null
                ? "was taken up before, as PrivilegeGrant " + before.uid() + ", which is gone"
                : "ended at " + before.endedAt() + " (" + before.cause() + ")";
        return "a claimed request of this name " + ended + ", and never wakes again"
                + (before.until() == null ? "" : " before " + before.until())
                + ", whatever applies it: what is still needed is asked for under another name, and approved anew";
    }

    private static Optional<Obstacle> waiting(Reason reason, String message, Instant now) {
        return Optional.of(new Waiting(GrantPhase.Pending, reason, message, Optional.of(now.plus(LOOK_AGAIN))));
    }
}
