package dev.lapse.identity;

import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.guard.RecordedStatus;

/** That of an identity. */
class StatusSealTest extends RecordedStatus<ServiceIdentityStatus> {
    private static final StatusSeal SEAL = new StatusSeal(KEY);

    /** Written by the first version, with that key. */
    private static final String RECORDED = """
            {
              "observedGeneration":3,
              "phase":"Ready",
              "entries":[
                {
                  "name":"look",
                  "hash":"0123456789abcdef",
                  "nameProved":true,
                  "state":"Eligible",
                  "reason":"Eligible",
                  "message":"can be granted"
                }
              ],
              "waivers":[
                {
                  "duties":[
                    "order",
                    "pay"
                  ],
                  "hash":"fedcba9876543210",
                  "nameProved":false,
                  "state":"Valid",
                  "reason":"Eligible",
                  "message":"holds"
                }
              ],
              "proof":{
                "epoch":"00112233445566aa",
                "generation":3,
                "at":"2026-11-20T10:00:00Z"
              },
              "activeGrants":[],
              "conditions":[],
              "seal":"82OtcF-jl1b93IeEOr7X9hMw3L34qNHNlOIM9Td5UB4"
            }
            """;

    StatusSealTest() {
        super(ServiceIdentityStatus.class, RECORDED);
    }

    @Override
    protected boolean isSealed(ServiceIdentityStatus status, String uid) {
        return SEAL.isOn(status, uid);
    }

    @Override
    protected ServiceIdentityStatus unsealed(ServiceIdentityStatus status) {
        return status.withSeal("");
    }
}
