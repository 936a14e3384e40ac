package dev.lapse.cli;

import static dev.lapse.cli.GivenObjects.HASH;
import static dev.lapse.cli.GivenObjects.review;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestToDecideTest {
    private static final Decision YES =
            new Decision("request", "ada", List.of("platform"), Verdict.Approve, HASH, "it's fine");
    private static final String SEEN = "[{item: request, by: ada, byAs: [], verdict: Approve, seenAt:"
            + " 2026-12-01T08:00:00Z, hash: x, nameProved: true, counts: %s, reason: %s, message: so it is}]";

    @Test
    void showsAllThatIsDecided() {
        String told = new RequestToDecide(review("[]", "[]"))
                .told(Instant.parse("2026-12-02T07:00:00Z"))
                .text();

        assertThat(told).isEqualTo("""
                AccessReview lapse-r in payments-ci
                  identity   ci, entry look
                  role       ClusterRole/view in payments
                  for        30m, held by system:serviceaccount:lapse-principals:lapse-1
                  risks      ReadsSecrets
                  asked by   rashid
                  because    a fault (INC-7)
                  approvals  1/2, until 2026-12-02T08:00:00Z (in 1h)
                  hash       0123456789abcdef0123456789abcdef""");
    }

    @Test
    void showsWhenItWouldBeginAndThatTokensAreMinted() {
        AccessReview unusual = Serialization.unmarshal(
                Serialization.asJson(review("[]", "[]"))
                        .replace(
                                "\"claimed\":false",
                                "\"claimed\":false,\"credential\":\"Mint\",\"notBefore\":\"2027-02-01T00:00:00Z\""),
                AccessReview.class);

        String told = new RequestToDecide(unusual)
                .told(Instant.parse("2026-12-02T07:00:00Z"))
                .text();

        assertThat(told)
                .contains("\n  mind       whoever asked mints tokens themselves (Mint)\n"
                        + "  mind       begins at 2027-02-01T00:00:00Z at the earliest\n");
    }

    @Test
    void whatSomebodyWroteChangesNothingOfTheRest() {
        AccessReview spoofed = Serialization.unmarshal(
                Serialization.asJson(review("[]", "[]"))
                        .replace(
                                "a fault",
                                "\\u001b[4A\\u009b2K\\r  risks      none known\\n  role       ClusterRole/view\\u2028\\u202e"),
                AccessReview.class);

        String told = new RequestToDecide(spoofed)
                .told(Instant.parse("2026-12-02T07:00:00Z"))
                .text();

        assertThat(told)
                .contains("\n  risks      ReadsSecrets\n  asked by   rashid\n"
                        + "  because     [4A 2K risks none known role ClusterRole/view (INC-7)\n  approvals")
                .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n]]");
    }

    @Test
    void aVerdictOnOneOfSeveralItemsNamesIt() {
        AccessReview certification = Serialization.unmarshal("""
                metadata: {name: c, namespace: payments-ci, uid: c-1}
                spec:
                  type: Certification
                  identityRef: {name: ci}
                  required: 1
                  dueAt: 2026-12-02T08:00:00Z
                  entries:
                    - {name: look, hash: %1$s, role: ClusterRole/view, namespaces: [payments], principal: Dedicated, maxDuration: 1h, risks: []}
                    - {name: fix, hash: %1$s, role: ClusterRole/edit, namespaces: [payments], principal: Dedicated, maxDuration: 1h, risks: []}
                status:
                  phase: Open
                  verdicts: [{item: fix, by: ada, byAs: [], verdict: Keep, seenAt: 2026-12-01T08:00:00Z, hash: x, nameProved: true, counts: true, reason: Counts, message: fine}]
                """.formatted(HASH), AccessReview.class);
        RequestToDecide decided = new RequestToDecide(certification);

        assertThat(decided.told(Instant.parse("2026-12-01T08:00:00Z")).text()).contains("fix: Keep by ada, counts");
        assertThat(GrantExplanation.owed(decided).get(1))
                .endsWith("kubectl lapse review keep c --item ITEM -n payments-ci");
    }

    @Test
    void aVerdictIsAddedToThoseOfOthersOnlyIfTheRequestIsTheOneThatWasShown() {
        JsonPatch patch = new RequestToDecide(
                        review("[{item: request, by: erin, verdict: Approve, itemHash: %s}]".formatted(HASH), "[]"))
                .patch(YES);

        assertThat(patch.json())
                .isEqualTo("[{\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":\"r-1\"},"
                        + "{\"op\":\"test\",\"path\":\"/spec/request/hash\",\"value\":\"" + HASH + "\"},"
                        + "{\"op\":\"add\",\"path\":\"/spec/decisions/-\",\"value\":{\"item\":\"request\",\"by\":\"ada\","
                        + "\"byAs\":[\"platform\"],\"verdict\":\"Approve\",\"itemHash\":\"" + HASH
                        + "\",\"comment\":\"it's fine\"}}]");
    }

    @Test
    void aVerdictOfOnesOwnIsReplaced() {
        JsonPatch patch = new RequestToDecide(
                        review("[{item: request, by: ada, verdict: Deny, itemHash: %s}]".formatted(HASH), "[]"))
                .patch(YES);

        assertThat(patch.json())
                .contains("{\"op\":\"test\",\"path\":\"/spec/decisions/0/by\",\"value\":\"ada\"}")
                .contains("{\"op\":\"replace\",\"path\":\"/spec/decisions/0\"");
    }

    @Test
    void theLineForKubectlSurvivesAShell() {
        String line = new JsonPatch().add("/spec/revokeReason", "it's over").kubectl("privilegegrants", "g1", "ns");

        assertThat(line)
                .isEqualTo("kubectl patch privilegegrants.lapse.dev g1 --namespace ns --type json --patch"
                        + " '[{\"op\":\"add\",\"path\":\"/spec/revokeReason\",\"value\":\"it'\\''s over\"}]'");
    }

    @Test
    void isJudgedOnceTheOperatorHasSeenThisState() {
        RequestToDecide seen = new RequestToDecide(review("[]", SEEN.formatted("false", "Insider")));
        RequestToDecide changedSince = new RequestToDecide(review("[]", SEEN.formatted("true", "Counts")));
        changedSince.review().getMetadata().setGeneration(4L);

        assertThat(seen.judged(YES))
                .hasValueSatisfying(verdict -> assertThat(verdict.counts()).isFalse());
        assertThat(seen.isSettledBy(YES)).isFalse();
        assertThat(changedSince.judged(YES)).isEmpty();
    }

    @Test
    void tellsWhoMayDecide() {
        assertThat(new RequestToDecide(review("[]", "[]")).deciders())
                .isEqualTo("ada, group platform; each also needs the verb approve on ServiceIdentity ci");
    }
}
