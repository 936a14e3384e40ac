package dev.lapse.cli;

import static dev.lapse.cli.GivenObjects.grant;
import static dev.lapse.cli.GivenObjects.identity;
import static dev.lapse.cli.GivenObjects.review;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityTreeTest {
    private static final PrivilegeGrant LIVE = grant("{phase: Active, expiresAt: 2026-12-01T08:00:00Z, objects: [{kind:"
            + " RoleBinding, namespace: payments, name: lapse-1, uid: u, state: Present}]}");

    @Test
    void hangsEverythingWhereItBelongs() {
        Tree tree = new IdentityTree(identity(), List.of(LIVE), List.of(review("[]", "[]")), false).tree();

        assertThat(tree.text(false)).isEqualTo("""
                ServiceIdentity ci: Ready
                ├── entry look: ClusterRole/view in payments
                │   └── PrivilegeGrant g1: Active until 2026-12-01T08:00:00Z
                │       ├── RoleBinding payments/lapse-1: Present
                │       └── AccessReview lapse-r: Open, 1/2 approvals
                └── entry fix: ClusterRole/edit in the whole cluster, Refused (AuthorMissing)""");
        assertThat(tree.names())
                .containsExactly(
                        "serviceidentity.lapse.dev/ci",
                        "privilegegrant.lapse.dev/g1",
                        "accessreview.lapse.dev/lapse-r");
    }

    @Test
    void aReviewThatNobodyLookedAtIsOpen() {
        AccessReview fresh = review("[]", "[]");
        fresh.setStatus(Serialization.unmarshal("{}", AccessReviewStatus.class));

        assertThat(new IdentityTree(identity(), List.of(LIVE), List.of(fresh), false)
                        .tree()
                        .text(false))
                .contains("AccessReview lapse-r: Open, 0/2 approvals");
    }

    @Test
    void whoAskedThroughGitIsShownAsClaimed() {
        PrivilegeGrant claimed = GivenObjects.claimedGrant("{phase: Pending}");

        assertThat(new IdentityTree(identity(), List.of(claimed), List.of(), false)
                        .tree()
                        .text(true))
                .contains("asked by rashid (claimed) because: a fault");
    }

    @Test
    void whoRevokedThroughGitIsNowhereShownAsIfItWereProved() {
        assertThat(new IdentityTree(identity(), List.of(GivenObjects.revokedThroughGit()), List.of(), true)
                        .tree()
                        .text(true))
                .contains("PrivilegeGrant g1: Revoked")
                .doesNotContainPattern("olivia(?! \\(claimed\\))");
    }

    @Test
    void whatIsOverIsFoldedUnlessAskedFor() {
        PrivilegeGrant over = grant("Expired", "Ended");

        assertThat(new IdentityTree(identity(), List.of(over), List.of(), false)
                        .tree()
                        .text(false))
                .contains("└── and 1 ended: shown with --ended")
                .doesNotContain("g1");
        assertThat(new IdentityTree(identity(), List.of(over), List.of(), true)
                        .tree()
                        .text(true))
                .contains("PrivilegeGrant g1: Expired (asked by rashid because: a fault)");
    }
}
