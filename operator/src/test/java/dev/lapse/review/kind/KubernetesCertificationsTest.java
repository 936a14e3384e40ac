package dev.lapse.review.kind;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.lapse.access.AccessOracle;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec.OnMissed;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import dev.lapse.api.v1alpha1.EligibleEntry.Insiders;
import dev.lapse.cluster.HeapRoom;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.guard.NameProof.Answer;
import dev.lapse.guard.Seal;
import dev.lapse.identity.GivenIdentity;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.identity.Profile;
import dev.lapse.memory.Elsewhere;
import dev.lapse.memory.GivenMemory;
import dev.lapse.memory.KubernetesMemory;
import dev.lapse.memory.OwedCertification;
import dev.lapse.memory.OwedCertificationBuilder;
import dev.lapse.mock.AnsweringServer;
import dev.lapse.review.Aliases;
import dev.lapse.review.KubernetesReviews;
import dev.lapse.review.ReviewDecision;
import dev.lapse.review.ReviewFacts;
import dev.lapse.review.ReviewPolicy;
import dev.lapse.review.ReviewStatusReport;
import dev.lapse.review.ReviewerRights;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapListBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A certification that no campaign opened: it is owed, holds, and is paid, like every other. */
class KubernetesCertificationsTest {
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");
    private static final Instant DUE = Instant.parse("2026-11-03T10:00:00Z");
    private static final Seal SEAL = new Seal(new byte[32]);
    private static final String ACCOUNT = "system:serviceaccount:payments:ci";
    private static final ReviewerRights MAY =
            new ReviewerRights(AccessOracle.Verdict.Allowed, AccessOracle.Verdict.Denied, "");
    private static final IdentityFacts IDENTITY = GivenIdentity.with("""
            eligible:
              - {name: look, role: {kind: ClusterRole, name: view}, namespaces: [payments], maxDuration: 1h}
            """);

    private static final OwedCertification WANTED = OwedCertificationBuilder.stagedBuilder()
            .namespace("payments")
            .identity("ci")
            .subject(ACCOUNT)
            .review("lapse-yearly")
            .campaign(null)
            .reviewers(null)
            .insiders(Insiders.Refuse)
            .dueAt(DUE)
            .onMissed(OnMissed.Suspend)
            .entriesHash("")
            .missedAt(null)
            .held(false)
            .build();

    private final SortedMap<String, ConfigMap> maps = new ConcurrentSkipListMap<>();
    private final AtomicInteger version = new AtomicInteger(10);

    @Nullable
    private volatile AccessReview opened;

    private AnsweringServer server;
    private KubernetesClient client;
    private KubernetesMemory memory;
    private KubernetesCluster cluster;
    private KubernetesCertifications certifications;

    @BeforeEach
    void begin() throws IOException {
        server = new AnsweringServer(this::answer);
        client = server.client();
        memory = new KubernetesMemory(client, SEAL, Elsewhere.NOWHERE, told -> {});
        GivenMemory.empty(SEAL).forEach(this::put);
        memory.heal();
        cluster = new KubernetesCluster(client, HeapRoom.ofThisProcess());
        certifications = new KubernetesCertifications(
                memory,
                new KubernetesReviews(client, SEAL),
                new KubernetesIdentities(cluster, SEAL, Profile.defaults(), Map.of()),
                cluster);
    }

    @AfterEach
    void end() {
        cluster.close();
        memory.close();
        server.close();
    }

    @Test
    void isOpenedAndOwedInItsOwnRight() {
        certifications.open(WANTED, IDENTITY, NOW);

        AccessReview review = opened();
        assertThat(review.getSpec().partOf()).isNull();
        assertThat(review.getSpec().itemHashes()).containsOnlyKeys("look");
        assertThat(certifications.owed(NOW))
                .extracting(OwedCertification::review)
                .containsExactly("lapse-yearly");
        assertThat(certifications.owed(NOW).get(0).isOf("campaign-uid")).isFalse();
        assertThat(certifications.wanted(review, null, NOW)).isTrue();
        assertThat(certifications.subject(review, NOW)).contains(ACCOUNT);
    }

    @Test
    void oneThatTheOperatorDidNotOpenIsNotWanted() {
        certifications.open(WANTED, IDENTITY, NOW);
        AccessReview other = opened();
        other.getMetadata().setName("another");

        assertThat(certifications.wanted(other, null, NOW)).isFalse();
    }

    @Test
    void holdsItsIdentityOnceItIsOverdueAndNoLongerOnceItIsDecided() {
        certifications.open(WANTED, IDENTITY, NOW);
        AccessReview review = opened();
        ReviewFacts silent = facts(review);
        ReviewDecision missed = ReviewPolicy.decide(silent, Aliases.NONE, DUE);

        certifications.deciding(review, silent, missed, DUE);

        assertThat(missed.phase()).isEqualTo(ReviewPhase.Overdue);
        assertThat(certifications.owed(DUE)).singleElement().matches(OwedCertification::suspends);

        String hash = review.getSpec().pinned().get(0).hash();
        review.setSpec(
                review.getSpec().with(DUE, List.of(new Decision("look", "ada", null, Verdict.Keep, hash, null))));
        ReviewFacts said = facts(review);
        ReviewDecision kept = ReviewPolicy.decide(said, Aliases.NONE, DUE);
        AccessReviewStatus status = ReviewStatusReport.of(said, kept, Optional.empty(), null, DUE);
        certifications.deciding(review, said, kept, DUE);

        assertThat(status.phase()).isEqualTo(ReviewPhase.Completed);
        assertThat(certifications.settled(review, status, DUE)).isTrue();
        assertThat(certifications.owed(DUE)).isEmpty();
    }

    private ReviewFacts facts(AccessReview review) {
        ReviewFacts facts = ReviewFacts.of(
                review,
                null,
                certifications.wanted(review, null, DUE),
                Optional.of(ACCOUNT),
                Map.of(),
                Map.of("look/ada", Answer.PROVED));
        for (Decision decision : review.getSpec().decisions()) {
            facts = facts.withRights(decision, MAY);
        }
        return facts;
    }

    private AccessReview opened() {
        return Objects.requireNonNull(opened);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (exchange.getRequestMethod().equals("GET")) {
                send(
                        exchange,
                        200,
                        new ConfigMapListBuilder()
                                .withNewMetadata()
                                .withResourceVersion(version.toString())
                                .endMetadata()
                                .withItems(List.copyOf(maps.values()))
                                .build());
            } else if (exchange.getRequestURI().getPath().endsWith("/accessreviews")) {
                AccessReview review = stored(Serialization.unmarshal(body, AccessReview.class));
                opened = review;
                send(exchange, 201, review);
            } else {
                send(exchange, 200, put(Serialization.unmarshal(body, ConfigMap.class)));
            }
        }
    }

    private ConfigMap put(ConfigMap map) {
        ConfigMap stored = stored(map);
        maps.put(map.getMetadata().getName(), stored);
        return stored;
    }

    private <T extends HasMetadata> T stored(T object) {
        object.getMetadata().setUid("uid-of-" + object.getMetadata().getName());
        object.getMetadata().setGeneration(1L);
        object.getMetadata().setCreationTimestamp(NOW.toString());
        object.getMetadata().setResourceVersion(Integer.toString(version.incrementAndGet()));
        return object;
    }

    private static void send(HttpExchange exchange, int code, Object answer) throws IOException {
        byte[] bytes = Serialization.asJson(answer).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
