package dev.lapse.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
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

    private static ServiceIdentityStatus read(String status) {
        return Serialization.unmarshal(status, ServiceIdentityStatus.class);
    }
}
