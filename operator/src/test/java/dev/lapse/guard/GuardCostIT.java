package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapse.guard.GuardedCluster.Answer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The largest objects the CRDs allow stay within what the API server spends on a policy, and nobody can wedge them. */
class GuardCostIT {
    private static final String IDENTITIES = "/apis/lapse.dev/v1alpha1/namespaces/guarded/serviceidentities";
    private static final String LONGEST = "x".repeat(253);
    private static GuardedCluster cluster;

    @BeforeAll
    static void installs() {
        cluster = GuardedCluster.installed();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !write("mallory", "POST", IDENTITIES, sample("attempt-" + System.nanoTime()))
                        .passed());
    }

    @AfterAll
    static void clears() {
        cluster.leave();
    }

    @Test
    void letsTheLargestIdentityBeWrittenAndRewritten() {
        String path = IDENTITIES + "/attempt-largest";

        Answer created = write("olivia", "POST", IDENTITIES, largest("attempt-largest"));
        JsonNode present = cluster.get(path);
        Answer oneChanged = write(
                "olivia",
                "PUT",
                path,
                changed(present, entries -> ((ObjectNode) entries.get(31)).put("maxDuration", "1h")));
        Answer allChanged = write(
                "olivia",
                "PUT",
                path,
                changed(
                        cluster.get(path),
                        entries -> entries.forEach(entry -> ((ObjectNode) entry).put("maxDuration", "2h"))));
        Answer allWaivedAnew = write(
                "olivia", "PUT", path, waived(cluster.get(path), waiver -> waiver.put("reason", "y".repeat(512))));
        Answer forgedWaivers = write(
                "mallory", "PUT", path, waived(cluster.get(path), waiver -> waiver.put("reason", "z".repeat(512))));
        Answer forged = write(
                "mallory",
                "PUT",
                path,
                changed(
                        cluster.get(path),
                        entries -> entries.forEach(entry -> ((ObjectNode) entry).put("maxDuration", "3h"))));

        assertThat(created.passed()).as(created.body()).isTrue();
        assertThat(oneChanged.passed()).as(oneChanged.body()).isTrue();
        assertThat(allChanged.passed()).as(allChanged.body()).isTrue();
        assertThat(forged.message()).contains("entitledBy must be your own user name: write \"mallory\"");
        assertThat(allWaivedAnew.passed()).as(allWaivedAnew.body()).isTrue();
        assertThat(forgedWaivers.message()).contains("waivedBy must be your own user name: write \"mallory\"");
    }

    @Test
    void letsAClaimedOneBeWrittenWithTwoHundredAppliers() {
        cluster.setAppliers((LONGEST + "\n").repeat(200) + "gitops-applier");
        JsonNode claimed = changed(
                largest("attempt-claimed"),
                entries -> entries.forEach(entry -> ((ObjectNode) entry).put("entitledByVia", "gitops-applier")));
        ((ObjectNode) claimed.get("spec")).put("changedByVia", "gitops-applier").remove("waivers");

        Answer created = write("argo", "POST", IDENTITIES, claimed);

        cluster.setAppliers(GuardedCluster.APPLIERS);
        assertThat(created.passed()).as(created.body()).isTrue();
    }

    /** Else whoever may write it could make an object whose finalizer the operator cannot take off. */
    @Test
    void neverKeepsTheOperatorFromAnObjectHoweverManyLabelsItHas() {
        String path = IDENTITIES + "/attempt-labels";
        ObjectNode labelled = sample("attempt-labels");
        ObjectNode labels = labelled.withObjectProperty("metadata").putObject("labels");
        for (int number = 0; number < 20_000; number++) {
            labels.put("l" + number, "");
        }
        Answer created = writtenBeforeThereWasABound(labelled);
        JsonNode finalizer = GuardAttempt.read("{metadata: {finalizers: [lapse.dev/revoke-first]}}");
        JsonNode status = GuardAttempt.read("{status: {phase: Ready}}");

        Answer finalized = cluster.send("operator", "PATCH", path, "application/merge-patch+json", finalizer);
        Answer reported = cluster.send("operator", "PATCH", path + "/status", "application/merge-patch+json", status);

        assertThat(created.passed()).as(created.body()).isTrue();
        assertThat(finalized.passed()).as(finalized.body()).isTrue();
        assertThat(reported.passed()).as(reported.body()).isTrue();
    }

    private static Answer writtenBeforeThereWasABound(ObjectNode identity) {
        HasMetadata bound = GuardedCluster.objects(GuardedCluster.manifests()).stream()
                .filter(object -> object.getKind().equals("ValidatingAdmissionPolicyBinding"))
                .filter(object -> object.getMetadata().getName().equals("lapse-size"))
                .findFirst()
                .orElseThrow();
        cluster.admin().resource(bound).delete();
        Answer created = await().atMost(Duration.ofSeconds(60))
                .until(() -> write("olivia", "POST", IDENTITIES, identity), Answer::passed);
        cluster.admin().resource(bound).create();
        ObjectNode another = identity.deepCopy();
        another.withObjectProperty("metadata").put("name", "attempt-more-labels");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !write("olivia", "POST", IDENTITIES + "?dryRun=All", another)
                        .passed());
        return created;
    }

    @Test
    void givesTheApiServersTypeCheckNothingToWarnAbout() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(cluster.admin()
                                .admissionRegistration()
                                .v1()
                                .validatingAdmissionPolicies()
                                .list()
                                .getItems())
                        .filteredOn(policy -> policy.getMetadata().getName().startsWith("lapse-"))
                        .isNotEmpty()
                        .allSatisfy(GuardCostIT::isCheckedWithoutWarning));
    }

    private static void isCheckedWithoutWarning(ValidatingAdmissionPolicy policy) {
        assertThat(policy.getStatus().getObservedGeneration())
                .isEqualTo(policy.getMetadata().getGeneration());
        assertThat(policy.getStatus().getTypeChecking().getExpressionWarnings()).isEmpty();
    }

    private static ObjectNode sample(String name) {
        return (ObjectNode) GuardAttempt.sample("ServiceIdentity", name);
    }

    private static JsonNode changed(JsonNode identity, Consumer<JsonNode> change) {
        JsonNode copy = identity.deepCopy();
        change.accept(copy.at("/spec/eligible"));
        return copy;
    }

    private static JsonNode waived(JsonNode identity, Consumer<ObjectNode> change) {
        JsonNode copy = identity.deepCopy();
        copy.at("/spec/waivers").forEach(waiver -> change.accept((ObjectNode) waiver));
        return copy;
    }

    /** 32 entries and 16 waivers, each with all its lists full of the longest names. */
    private static JsonNode largest(String name) {
        ObjectNode identity = sample(name);
        ArrayNode entries = identity.withObjectProperty("spec").putArray("eligible");
        for (int number = 0; number < 32; number++) {
            ObjectNode entry = entries.addObject();
            entry.put("name", "e" + "x".repeat(58) + number);
            entry.putObject("role").put("kind", "ClusterRole").put("name", LONGEST);
            entry.put("entitledBy", "olivia").putArray("entitledByAs").add("payments-owners");
            ArrayNode namespaces = entry.putArray("namespaces");
            ArrayNode requesters = entry.putArray("requesters");
            ArrayNode accepts = entry.putArray("accepts");
            for (int item = 0; item < 16; item++) {
                namespaces.add("n" + "x".repeat(60) + (10 + item));
                requesters.addObject().put("user", LONGEST);
                accepts.addObject().put("risk", "SubjectReach").put("reason", LONGEST + LONGEST);
            }
        }
        ArrayNode waivers = identity.withObjectProperty("spec").putArray("waivers");
        for (int number = 0; number < 16; number++) {
            ObjectNode waiver = waivers.addObject();
            waiver.putArray("duties").add(LONGEST).add("d" + number);
            waiver.put("reason", LONGEST + LONGEST)
                    .put("until", "2027-01-31T00:00:00Z")
                    .put("waivedBy", "olivia");
            waiver.putArray("waivedByAs").add("payments-owners");
        }
        return identity;
    }

    private static Answer write(String by, String method, String path, JsonNode body) {
        return cluster.send(by, method, path, "application/json", body);
    }
}
