package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static dev.lapse.story.TokenClient.UNAUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.TokenDead;
import dev.lapse.condition.ConditionType;
import dev.lapse.story.Caller.Answer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Grants that deliver nothing: whoever asked creates tokens of the grant's account while it lasts, and nobody else does. */
@SharesCluster
class MintIT {
    private static final Map<String, Object> MINT = Map.of("credential", Map.of("type", "Mint"));
    private static final String TEN_MINUTES = "600";

    private final Story story = Story.begins();
    private final String here = story.namespace();

    @StoryTest
    void whoAskedMintsAndUsesItUntilTheEnd() {
        story.identity(Entry.of("look", "view").in(here));
        Grant grant = story.asks("rashid", "look", "10m", MINT).awaitActive();

        TokenClient token = minted("rashid", grant);

        assertThat(token.lists(here)).isEqualTo(OK);
        assertThat(token.lists("default")).isEqualTo(FORBIDDEN);
        assertThat(story.admin().secrets().inNamespace(here).list().getItems())
                .noneMatch(secret -> secret.getMetadata().getName().equals(grant.objectName()));
        assertThat(grant.status().dies()).isEqualTo(Dies.ByOperator);

        grant.revokedBy("rashid", "rashid");
        var end = grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);

        assertThat(mint(caller("rashid"), grant, TEN_MINUTES).code()).isIn(FORBIDDEN, 404);
        assertThat(token.lists(here)).isNotEqualTo(OK);
        await().atMost(InstalledOperator.LIMIT).until(() -> token.lists(here) == UNAUTHORIZED);
        assertThat(end.tokenDead()).isEqualTo(TokenDead.Inferred);
        grant.assertAccessRemoved();
    }

    @StoryTest
    void nobodyElseMints() {
        story.identity(Entry.of("look", "view").in(here));
        story.let("mallory", "create get", Story.GRANTS);
        story.let("mallory", "request", Story.IDENTITIES);
        // Whoever could act as every account of Lapse is nobody whom others know.
        List<String> mighty = List.of("edit", "cluster-admin");
        mighty.forEach(
                role -> story.rights().bind(Rights.user(holderOf(role)), "lapse-principals", "ClusterRole", role));
        Grant grant = story.asks("rashid", "look", "10m", MINT).awaitActive();
        Grant others = story.asks("mallory", "look", "10m", MINT).awaitActive();

        try {
            // An outsider with a grant of her own, an editor of the principals' namespace, holders of a wildcard.
            assertThat(mint(caller("mallory"), others, TEN_MINUTES).passed()).isTrue();
            assertThat(mint(caller("mallory"), grant, TEN_MINUTES).code()).isEqualTo(FORBIDDEN);
            assertThat(mint(caller("rashid"), others, TEN_MINUTES).code()).isEqualTo(FORBIDDEN);
            List<Caller> holders = Stream.concat(
                            mighty.stream().map(role -> story.cluster().played(holderOf(role))),
                            Stream.of(story.admin()))
                    .map(Caller::new)
                    .toList();
            for (Caller other : holders) {
                await().atMost(InstalledOperator.LIMIT).untilAsserted(() -> {
                    Answer refused = mint(other, grant, TEN_MINUTES);
                    assertThat(refused.code()).isEqualTo(FORBIDDEN);
                    assertThat(refused.message()).contains("are for whoever asked for its grant");
                });
            }
            assertThat(mint(caller("rashid"), grant, "601").message()).contains("ask for 600");
        } finally {
            mighty.forEach(role -> story.rights().takeFrom(Rights.user(holderOf(role)), "lapse-principals"));
        }
    }

    @StoryTest
    void anAccountThatAsksMintsAsItself() {
        story.identity(Entry.of("look", "view").in(here));
        story.account("pipeline");
        var pipeline = Rights.serviceAccount(here, "pipeline");
        story.rights().give(pipeline, here, "create get", Story.GRANTS);
        story.rights().give(pipeline, here, "request", Story.IDENTITIES);
        Caller account = story.workloadToken("pipeline").caller();
        String user = "system:serviceaccount:" + here + ":pipeline";

        Grant grant = story.asksAs(account, user, "look", MINT).awaitActive();

        TokenClient token = TokenClient.of(story.cluster(), token(mint(account, grant, TEN_MINUTES)));
        assertThat(token.lists(here)).isEqualTo(OK);
        assertThat(mint(caller("rashid"), grant, TEN_MINUTES).code()).isEqualTo(FORBIDDEN);
    }

    /** Whom a wildcard lets mint for everybody, the guard lets mint for nobody, themselves included. */
    @StoryTest
    void whoHoldsAWildcardAsksForAToken() {
        story.identity(Entry.of("look", "view").in(here));
        Caller admin = new Caller(story.admin());

        Grant grant = story.asksAs(
                        admin,
                        "admin",
                        "look",
                        Map.of("credential", Map.of("type", "Mint"), "requestedByAs", List.of("system:masters")))
                .awaitActive();

        assertThat(mint(admin, grant, TEN_MINUTES).message()).contains("by a wildcard asks for type Token");
    }

    @StoryTest
    void tokensOfAnAccountThatStaysAreNotForMinting() {
        story.identity(Entry.of("look", "view").in(here).forSubject());

        Grant grant = story.asks("rashid", "look", "10m", MINT).awaitPhase(GrantPhase.Denied);

        assertThat(grant.reason()).isEqualTo("CredentialNotPossible");
        assertThat(grant.condition(ConditionType.Ready).message())
                .contains("let the entry name principal Dedicated", "ask for Token");
        assertThat(grant.leftovers()).isEmpty();
    }

    private TokenClient minted(String person, Grant grant) {
        return TokenClient.of(story.cluster(), token(mint(caller(person), grant, TEN_MINUTES)));
    }

    private String holderOf(String role) {
        return "holder-of-" + role + "-" + here;
    }

    private Caller caller(String person) {
        return new Caller(story.cluster().as(person));
    }

    private static Answer mint(Caller who, Grant grant, String seconds) {
        return who.create(
                "/api/v1/namespaces/lapse-principals/serviceaccounts/" + grant.objectName() + "/token",
                "{apiVersion: authentication.k8s.io/v1, kind: TokenRequest, spec: {expirationSeconds: " + seconds
                        + "}}");
    }

    private static String token(Answer answer) {
        assertThat(answer.passed()).as(answer.message()).isTrue();
        return answer.json().at("/status/token").asText();
    }
}
