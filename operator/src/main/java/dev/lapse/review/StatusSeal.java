package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.guard.Seal;
import dev.lapse.guard.VersionedSeal;
import java.util.ArrayList;
import java.util.List;

/** Tells what the operator wrote into a review's status from a forged outcome. */
public final class StatusSeal {
    private final VersionedSeal<AccessReviewStatus> seal;

    StatusSeal(Seal seal) {
        this.seal =
                new VersionedSeal<>(seal, List.of(), List.of(new VersionedSeal.Shape<>("review/1", StatusSeal::parts)));
    }

    AccessReviewStatus on(AccessReviewStatus status, String uid) {
        return status.withSeal(seal.over(status, uid));
    }

    boolean isOn(AccessReviewStatus status, String uid) {
        return seal.verifies(status.seal(), status, uid);
    }

    private static List<String> parts(AccessReviewStatus status) {
        List<String> parts = new ArrayList<>(List.of(
                String.valueOf(status.phase()), String.valueOf(status.outcome()), String.valueOf(status.decidedAt())));
        parts.addAll(VersionedSeal.of(status.proof()));
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
        return parts;
    }
}
