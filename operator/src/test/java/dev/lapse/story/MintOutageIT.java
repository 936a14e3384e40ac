package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static dev.lapse.story.TokenClient.UNAUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The operator is killed before a grant's end and comes back after it. */
@TakesTurns("kills the operator")
class MintOutageIT {
    private final Story story = Story.begins();
    private final String here = story.namespace();

    @Test
    void whatWasMintedIsDeadAndNothingIsMintedOnceItIsBack() {
        story.identity(Entry.of("look", "view").in(here));
        Grant grant = story.asks("rashid", "look", "10s", Map.of("credential", Map.of("type", "Mint")))
                .awaitActive();
        Caller rashid = new Caller(story.cluster().as("rashid"));
        TokenClient token = TokenClient.of(
                story.cluster(), mint(rashid, grant).json().at("/status/token").asText());
        assertThat(token.lists(here)).isEqualTo(OK);

        story.cluster().operator("kill");
        Instant end = grant.status().expiresAt();
        await().atMost(InstalledOperator.LIMIT).until(() -> Instant.now().isAfter(end));
        InstalledOperator.awaitReady();

        grant.awaitEnd(GrantPhase.Expired, EndCause.Expired);
        assertThat(mint(rashid, grant).code()).isIn(FORBIDDEN, 404);
        await().atMost(InstalledOperator.LIMIT).until(() -> token.lists(here) == UNAUTHORIZED);
        grant.assertAccessRemoved();
    }

    private static Caller.Answer mint(Caller who, Grant grant) {
        return who.create(
                "/api/v1/namespaces/lapse-principals/serviceaccounts/" + grant.objectName() + "/token",
                "{apiVersion: authentication.k8s.io/v1, kind: TokenRequest, spec: {expirationSeconds: 600}}");
    }
}
