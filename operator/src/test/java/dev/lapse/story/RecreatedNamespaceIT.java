package dev.lapse.story;

import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import org.junit.jupiter.api.Test;

/** A namespace is deleted and created again, by somebody else perhaps, while the operator is away. */
@TakesTurns("kills the operator")
class RecreatedNamespaceIT {
    private final Story story = Story.begins();
    private final String here = story.namespace();
    private final String elsewhere = story.anotherNamespace();

    /** Its author could bind the role in the one before; of the new one nobody was asked. */
    @Test
    void aGrantDoesNotReachTheOneThatCameAfter() {
        story.letBind("olivia", "view", elsewhere);
        story.identity(Entry.of("look", "view").in(here, elsewhere));
        Grant grant = story.asks("rashid", "look", "1h").awaitActive();
        TokenClient token = grant.tokenReadBy("rashid");
        assertThat(token.lists(elsewhere)).isEqualTo(OK);
        assertThat(grant.status().resolved().namespaceUIDs()).hasSize(2).doesNotContain("");

        story.cluster().operator("kill");
        story.madeAnew(elsewhere);
        InstalledOperator.awaitReady();

        var end = grant.awaitEnd(GrantPhase.Revoked, EndCause.NamespaceGone);
        assertThat(end.message()).contains("namespace " + elsewhere + " was deleted and created again");
        assertThat(token.lists(elsewhere)).isNotEqualTo(OK);
        assertThat(token.lists(here)).isNotEqualTo(OK);
        assertThat(story.admin()
                        .rbac()
                        .roleBindings()
                        .inNamespace(elsewhere)
                        .list()
                        .getItems())
                .isEmpty();
        grant.assertAccessRemoved();
    }
}
