package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.guard.RecordedStatus;

/** That of a review. */
class StatusSealTest extends RecordedStatus<AccessReviewStatus> {
    private static final StatusSeal SEAL = new StatusSeal(KEY);

    /** Written by the first version, with that key. */
    private static final String RECORDED = """
            {
              "observedGeneration":2,
              "phase":"Completed",
              "proof":{
                "epoch":"00112233445566aa",
                "generation":2,
                "at":"2026-11-20T10:00:00Z"
              },
              "outcome":"Approved",
              "decidedAt":"2026-11-20T10:00:05Z",
              "approvals":"1/1",
              "verdicts":[
                {
                  "item":"request",
                  "by":"olivia",
                  "byAs":[
                    "payments-owners"
                  ],
                  "verdict":"Approve",
                  "seenAt":"2026-11-20T10:00:04Z",
                  "hash":"0123456789abcdef",
                  "nameProved":true,
                  "counts":true,
                  "reason":"Counts",
                  "message":"Approve by olivia"
                }
              ],
              "conditions":[],
              "seal":"d1DZNheLLT6piOwejVVXKXGC2Vj-CEHF94nqEGhmcfk"
            }
            """;

    StatusSealTest() {
        super(AccessReviewStatus.class, RECORDED);
    }

    @Override
    protected boolean isSealed(AccessReviewStatus status, String uid) {
        return SEAL.isOn(status, uid);
    }

    @Override
    protected AccessReviewStatus unsealed(AccessReviewStatus status) {
        return status.withSeal("");
    }
}
