package dev.lapse.identity;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverState;
import dev.lapse.condition.Reason;
import dev.lapse.guard.NameProof;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Decides whether a waiver of conflicting duties holds at this moment, for any request that rests on it. */
public final class WaiverPolicy {
    private WaiverPolicy() {}

    /** The judgement of a waiver. */
    public record Judgement(WaiverState state, Reason reason, String message) {
        public boolean holds() {
            return state == WaiverState.Valid;
        }
    }

    /**
     * @param longest how far ahead its end may be
     * @param governs whether its author holds the verb now; asked last, and only if all else holds
     */
    public static Judgement judge(
            WaiverFacts waiver, NameProof.Answer proof, Duration longest, Supplier<Answer> governs, Instant now) {
        if (proof == NameProof.Answer.UNPROVED) {
            return refused(
                    Reason.NameUnproved,
                    "the waiver was written while the guard did not stand, so nobody knows who wrote it: "
                            + waiver.waivedBy() + " must change it once more");
        }
        if (!now.isBefore(waiver.until())) {
            return refused(
                    Reason.WaiverEnded,
                    "the waiver ended at " + waiver.until() + ": a person who holds govern may write another one");
        }
        if (waiver.until().isAfter(now.plus(longest))) {
            return refused(
                    Reason.WaiverTooLong,
                    "the waiver is to end at " + waiver.until() + ", more than " + Durations.format(longest)
                            + " ahead (setting longest-waiver): " + waiver.waivedBy() + " must write an earlier until");
        }
        return proof == NameProof.Answer.UNKNOWN
                ? unknown(Reason.GuardNotReady, "the guard does not stand, so the name in waivedBy is not proved")
                : governed(waiver, governs.get());
    }

    private static Judgement governed(WaiverFacts waiver, Answer answer) {
        return switch (answer.verdict()) {
            case Allowed ->
                new Judgement(
                        WaiverState.Valid,
                        Reason.Waived,
                        "waived by " + waiver.waivedBy() + " until " + waiver.until() + " because " + waiver.reason());
            case Denied ->
                refused(
                        Reason.WaiverNotGoverned,
                        waiver.waivedBy() + " does not hold the verb " + WaiverFacts.VERB
                                + " on the identity (any more); whose right comes from a group names that group in"
                                + " waivedByAs");
            case Unknown ->
                unknown(
                        Reason.LookupFailed,
                        "it could not be found out whether " + waiver.waivedBy() + " holds the verb " + WaiverFacts.VERB
                                + " on the identity: " + answer.reason());
        };
    }

    /** Asks whether its author holds the verb now. */
    public static Supplier<Answer> asking(AccessOracle oracle, IdentityFacts identity, WaiverFacts waiver) {
        return () ->
                oracle.ask(waiver.author(), WaiverFacts.govern(identity.name()), Optional.of(identity.namespace()));
    }

    /** When time alone changes the judgement: the waiver ends, or its end is no longer too far ahead. */
    static Optional<Instant> changesAt(WaiverFacts waiver, Duration longest, Instant now) {
        if (!now.isBefore(waiver.until())) {
            return Optional.empty();
        }
        Instant near = waiver.until().minus(longest);
        return Optional.of(now.isBefore(near) ? near : waiver.until());
    }

    private static Judgement refused(Reason reason, String message) {
        return new Judgement(WaiverState.Refused, reason, message);
    }

    private static Judgement unknown(Reason reason, String message) {
        return new Judgement(WaiverState.Unknown, reason, message);
    }
}
