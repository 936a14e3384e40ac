package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.guard.Seal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells what the operator wrote into a review's status from a forged outcome. */
public final class StatusSeal {
    private static final String SHAPE = "review/1";

    private final Seal seal;

    StatusSeal(Seal seal) {
        this.seal = seal;
    }

    AccessReviewStatus on(AccessReviewStatus status, String uid) {
        return status.withSeal(seal.over(parts(status, uid)));
    }

    boolean isOn(AccessReviewStatus status, String uid) {
        return status.seal() != null && seal.verifies(status.seal(), parts(status, uid));
    }

    private static String[] parts(AccessReviewStatus status, String uid) {
        Optional<Proof> proof = Optional.ofNullable(status.proof());
        List<String> parts = new ArrayList<>(List.of(
                SHAPE,
                uid,
                String.valueOf(status.phase()),
                String.valueOf(status.outcome()),
                String.valueOf(status.decidedAt()),
                proof.map(Proof::epoch).orElse(""),
                proof.map(Proof::generation).map(String::valueOf).orElse(""),
                proof.map(known -> known.at().toString()).orElse("")));
        if (status.campaign() != null) {
            parts.add("campaign of " + status.campaign().reviews());
        }
        if (status.verdicts() != null) {
            status.verdicts()
                    .forEach(verdict -> parts.addAll(List.of(
                            verdict.item(),
                            verdict.by(),
                            String.join("\n", verdict.byAs()),
                            verdict.verdict().name(),
                            verdict.hash(),
                            Boolean.toString(verdict.nameProved()),
                            Boolean.toString(verdict.counts()))));
        }
        return parts.toArray(String[]::new);
    }
}
