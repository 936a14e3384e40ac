package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.story.Caller.Answer;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The review of one grant of a story. */
final class Review {
    private final Cluster cluster;
    private final String namespace;
    private final String name;

    Review(Cluster cluster, String namespace, String name) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.name = name;
    }

    /** The one that was opened for this grant, once it can be decided. */
    static Review of(Story story, Grant grant) {
        await("a review of " + grant.name())
                .atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(grant.status())
                        .extracting(PrivilegeGrantStatus::review)
                        .as(() -> "status " + grant.status())
                        .isNotNull());
        Review review =
                new Review(story.cluster(), story.namespace(), grant.status().review());
        await("it is open")
                .atMost(InstalledOperator.LIMIT)
                .until(() -> review.exists() && review.now().getStatus() != null);
        return review.awaitPhase(ReviewPhase.Open);
    }

    String name() {
        return name;
    }

    String path() {
        return "/apis/lapse.dev/v1alpha1/namespaces/" + namespace + "/accessreviews/" + name;
    }

    /** Once the operator has looked at it. */
    AccessReview now() {
        return await("a status of AccessReview " + name)
                .atMost(InstalledOperator.LIMIT)
                .until(() -> resource().require(), review -> review.getStatus() != null);
    }

    private Resource<AccessReview> resource() {
        return cluster.admin()
                .resources(AccessReview.class)
                .inNamespace(namespace)
                .withName(name);
    }

    boolean exists() {
        return resource().get() != null;
    }

    /** Of the one there is under its name now; empty if there is none. */
    String uid() {
        AccessReview there = resource().get();
        return there == null ? "" : there.getMetadata().getUid();
    }

    String hash() {
        return now().getSpec().itemHashes().values().iterator().next();
    }

    /** As {@code kubectl patch --type json} sends it, with this person's own rights. */
    Answer says(String person, String verdict) {
        return says(person, person, verdict, hash(), List.of());
    }

    Answer says(String person, String by, String verdict, String hash, List<String> groups) {
        return says(new Caller(cluster.as(person)), by, verdict, hash, groups);
    }

    /** With credentials that are nobody's own. */
    Answer says(Caller caller, String by, String verdict) {
        return says(caller, by, verdict, hash(), List.of());
    }

    private Answer says(Caller caller, String by, String verdict, String hash, List<String> groups) {
        return says(caller, now().getSpec().itemHashes().keySet().iterator().next(), by, verdict, hash, groups);
    }

    /** Of one of several items. */
    Answer says(String person, String verdict, String item) {
        String hash = now().getSpec().itemHashes().get(item);
        return says(new Caller(cluster.as(person)), item, person, verdict, String.valueOf(hash), List.of());
    }

    private Answer says(Caller caller, String item, String by, String verdict, String hash, List<String> groups) {
        Map<String, Object> decision =
                new LinkedHashMap<>(Map.of("item", item, "by", by, "verdict", verdict, "itemHash", hash));
        if (!groups.isEmpty()) {
            decision.put("byAs", groups);
        }
        return caller.send(
                "PATCH",
                path(),
                "application/json-patch+json",
                Caller.json(List.of(Map.of("op", "add", "path", "/spec/decisions/-", "value", decision))));
    }

    /** The same under another name, as somebody who may read it could write it. */
    Map<String, Object> copy(String other) {
        return Map.of(
                "apiVersion",
                "lapse.dev/v1alpha1",
                "kind",
                "AccessReview",
                "metadata",
                Map.of("name", other),
                "spec",
                new Caller(cluster.admin()).get(path()).json().path("spec"));
    }

    void keptBy(String person) {
        Answer answer = says(person, "Keep");
        assertThat(answer.passed()).as(answer.body()).isTrue();
    }

    void approvedBy(String person) {
        Answer answer = says(person, "Approve");
        assertThat(answer.passed()).as(answer.body()).isTrue();
    }

    Review awaitPhase(ReviewPhase wanted) {
        await("review " + name + " is " + wanted)
                .atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> {
                    AccessReviewStatus status = now().getStatus();
                    assertThat(status).isNotNull();
                    assertThat(status.phase()).as(() -> String.valueOf(status)).isEqualTo(wanted);
                });
        return this;
    }

    /** Once the operator has judged it. */
    SeenVerdict verdictOf(String by) {
        return await("verdict of " + by)
                .atMost(InstalledOperator.LIMIT)
                .until(
                        () -> now().getStatus().verdicts().stream()
                                .filter(verdict -> verdict.by().equals(by))
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    /** The messages of its Events of this reason, once there is one. */
    String awaitEvent(String reason) {
        String uid = now().getMetadata().getUid();
        return await("Event " + reason + " of " + name)
                .atMost(InstalledOperator.LIMIT)
                .until(
                        () -> cluster.admin().v1().events().inNamespace(namespace).list().getItems().stream()
                                .filter(event ->
                                        uid.equals(event.getInvolvedObject().getUid()))
                                .filter(event -> event.getReason().equals(reason))
                                .map(event -> event.getMessage())
                                .reduce("", (one, other) -> one + other + "\n"),
                        messages -> !messages.isEmpty());
    }
}
