package dev.lapse.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.guard.Seal;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the first version sealed stays believed, and nothing else. */
class StatusSealTest {
    private static final String UID = "0a1b2c3d-0000-0000-0000-000000000001";
    private static final StatusSeal SEAL =
            new StatusSeal(new Seal("a key for tests, 32 bytes long...".getBytes(StandardCharsets.UTF_8)));

    /** Written by the first version, with the key above. */
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

    @Test
    void aStatusOfTheFirstShapeIsBelieved() {
        assertThat(SEAL.isOn(read(RECORDED), UID)).isTrue();
    }

    @Test
    void itIsNotWhereAnythingWasChangedOrForAnotherObject() {
        assertThat(SEAL.isOn(read(RECORDED.replace("\"nameProved\":true", "\"nameProved\":false")), UID))
                .isFalse();
        assertThat(SEAL.isOn(read(RECORDED.replace("00112233445566aa", "00112233445566ab")), UID))
                .isFalse();
        assertThat(SEAL.isOn(read(RECORDED), UID.replace('1', '2'))).isFalse();
        assertThat(SEAL.isOn(read(RECORDED).withSeal(""), UID)).isFalse();
    }

    private static AccessReviewStatus read(String status) {
        return Serialization.unmarshal(status, AccessReviewStatus.class);
    }
}
