package dev.lapse.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.EligibleEntry.Insiders;
import org.junit.jupiter.api.Test;

class EntryFactsTest {
    @Test
    void whatAnEntryLeavesOutMeansAndHashesAsWhatItMeans() {
        EntryFacts leftOut = entry("approvals: {required: 1}");
        EntryFacts written = entry("approvals: {required: 1, insiders: Refuse}, clusterWide: false");

        assertThat(leftOut).isEqualTo(written);
        assertThat(leftOut.insiders()).isEqualTo(Insiders.Refuse);
        assertThat(leftOut.clusterWide()).isFalse();
        assertThat(leftOut.contentHash()).isNotEmpty();
        assertThat(entry("approvals: {required: 1, insiders: Allow}").contentHash())
                .isNotEqualTo(leftOut.contentHash());
    }

    private static EntryFacts entry(String fields) {
        return GivenIdentity.with(
                        "eligible: [{name: look, role: {kind: ClusterRole, name: view}, namespaces: [payments],"
                                + " entitledBy: ada, " + fields + "}]")
                .entries()
                .get(0);
    }
}
