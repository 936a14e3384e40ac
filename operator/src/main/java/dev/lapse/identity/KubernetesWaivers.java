package dev.lapse.identity;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.ContentHash;
import dev.lapse.access.SeparationOfDuties;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverStatus;
import dev.lapse.condition.Reason;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges each waiver of an identity for the status that people read, and asks the API server once about each. A
 * request that uses a waiver asks again for itself.
 */
final class KubernetesWaivers {
    private static final int MOST_REMEMBERED = 10_000;

    private final AccessOracle oracle;
    private final SeparationOfDuties duties;
    private final Duration longest;
    private final Map<String, Answer> answers = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
            return size() > MOST_REMEMBERED;
        }
    });

    /** @param longest how far ahead the end of a waiver may be */
    KubernetesWaivers(AccessOracle oracle, SeparationOfDuties duties, Duration longest) {
        this.oracle = oracle;
        this.duties = duties;
        this.longest = longest;
    }

    List<WaiverStatus> judge(IdentityFacts identity, GuardState guard, Instant now) {
        Map<String, NameProof.Answer> proofs = WaiverProofs.of(identity, guard, now);
        return identity.waivers().stream()
                .map(waiver -> {
                    NameProof.Answer proof = proofs.getOrDefault(waiver.contentHash(), NameProof.Answer.UNKNOWN);
                    WaiverPolicy.Judgement found = declared(waiver)
                            .orElseGet(() ->
                                    WaiverPolicy.judge(waiver, proof, longest, () -> governs(identity, waiver), now));
                    return status(waiver, proof, found);
                })
                .toList();
    }

    private Answer governs(IdentityFacts identity, WaiverFacts waiver) {
        String question = ContentHash.of(identity.uid(), waiver.contentHash());
        return Optional.ofNullable(answers.get(question)).orElseGet(() -> {
            Answer answer = WaiverPolicy.asking(oracle, identity, waiver).get();
            if (answer.verdict() != Verdict.Unknown) {
                answers.put(question, answer);
            }
            return answer;
        });
    }

    /** When time alone first changes the judgement of a waiver. */
    Optional<Instant> changeAt(IdentityFacts identity, Instant now) {
        return identity.waivers().stream()
                .flatMap(waiver -> WaiverPolicy.changesAt(waiver, longest, now).stream())
                .min(Comparator.naturalOrder());
    }

    /**
     * Refuses a waiver of duties that do not conflict. Otherwise a typing error would show only when somebody is
     * refused.
     */
    private Optional<WaiverPolicy.Judgement> declared(WaiverFacts waiver) {
        String one = waiver.duties().get(0);
        String other = waiver.duties().get(1);
        return duties.declares(one, other)
                ? Optional.empty()
                : Optional.of(new WaiverPolicy.Judgement(
                        WaiverState.Refused,
                        Reason.NothingToWaive,
                        "settings declare no conflict between duties " + one + " and " + other
                                + ", so there is nothing to waive"));
    }

    private static WaiverStatus status(WaiverFacts waiver, NameProof.Answer proof, WaiverPolicy.Judgement found) {
        // If the proof is unknown, the waiver is recorded without its hash, so that it does not count as unproved.
        return new WaiverStatus(
                waiver.duties(),
                proof == NameProof.Answer.UNKNOWN ? "" : waiver.contentHash(),
                proof == NameProof.Answer.PROVED,
                found.state(),
                found.reason().name(),
                found.message());
    }
}
