package dev.lapse.grant;

import static dev.lapse.grant.Scene.GRANT_UID;
import static dev.lapse.grant.Scene.NOW;
import static dev.lapse.grant.Scene.OBJECT_NAME;

import dev.lapse.access.Entitlement;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.grant.GrantFacts.NamespaceState;
import dev.lapse.guard.GuardState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A life of a grant made of chance: what kind it is, and what happens to it between any two passes. The same seed tells the same. */
final class GrantHistory {
    /** One thing that may happen. */
    private record Event(String name, Runnable happens) {}

    final GrantLife life;
    final List<String> told = new ArrayList<>();
    private final SplittableRandom random;
    private final List<Event> events;

    GrantHistory(long seed) {
        random = new SplittableRandom(seed);
        told.add("seed " + seed);
        life = GrantLife.of(scene());
        if (one(4)) {
            life.cluster.longestToken = Duration.ofMinutes(10 + random.nextInt(50));
        }
        events = List.of(
                new Event("time passes", () -> life.after(Duration.ofSeconds(random.nextInt(2_000)))),
                new Event("time passes", () -> life.after(Duration.ofMillis(random.nextInt(5_000)))),
                new Event("the informers catch up", life.cluster.objects::show),
                new Event("the informers catch up", life.cluster.objects::show),
                new Event("the next write is cut off", this::cutOff),
                new Event("the next write is cut off", this::cutOff),
                new Event("the lane runs", this::lane),
                new Event("the requester mints", () -> life.mint()),
                new Event("revoked", () -> life.scene.grant("revoked", "true").grant("revokedBy", "olivia")),
                new Event("deleted", () -> life.scene.grantMetadata("deletionTimestamp", NOW.toString())),
                new Event("suspended", () -> life.scene.identity("state", "Suspended")),
                new Event("active again", () -> life.scene.identity("state", "Active")),
                new Event("the owner leaves", () -> life.scene.identity("owner", "")),
                new Event("another subject", () -> life.scene.subjectUid("another")),
                new Event("the entry shrinks", () -> life.scene.entry("namespaces", "[orders]")),
                new Event("the entry asks for approval", () -> life.scene.entry("approvals", "{required: 1}")),
                new Event("the role is gone", () -> life.scene.withoutRole()),
                new Event("the role is widened", () -> life.scene.rules(Scene.rule("*", "*", "*"))),
                new Event("a namespace goes", () -> life.scene.namespace("orders", NamespaceState.Terminating)),
                new Event("the guard falls", () -> life.scene.guard(GuardState.notReady("it fell"))),
                new Event(
                        "the guard stands again",
                        () -> life.scene.guard(GuardState.ready("epoch-2", life.now, Duration.ofSeconds(30)))),
                new Event("the guard stands as before", () -> life.scene.guard(Scene.GUARD)),
                new Event("look-ups fail", () -> life.cluster.entitlement = new Entitlement.Undecided("away")),
                new Event("look-ups work", () -> life.cluster.entitlement = new Entitlement.Entitled()),
                new Event(
                        "the author loses the right",
                        () -> life.cluster.entitlement =
                                new Entitlement.NotEntitled("namespace payments", "ada may not", "")),
                new Event("people approve", life::approved),
                new Event("people approve", life::approved),
                new Event("what it gives conflicts", () -> life.cluster.duties = DutyFinding.Answer.Conflict),
                new Event(
                        "what it gives is not known to conflict",
                        () -> life.cluster.duties = DutyFinding.Answer.Unknown),
                new Event("what it gives is separate", () -> life.cluster.duties = DutyFinding.Answer.Separate),
                new Event("reviews are not answered", () -> life.cluster.accessReviewsAnswered = false),
                new Event("reviews are answered", () -> life.cluster.accessReviewsAnswered = true),
                new Event("something else allows it", () -> life.cluster.residual = List.of("RoleBinding other")),
                new Event("an object of the grant goes", () -> somebody(this::removes)),
                new Event("an object of the grant is changed", () -> somebody(this::changes)),
                new Event("a label is taken off", () -> somebody(this::unlabels)),
                new Event("somebody takes a name", this::takesAName),
                new Event("the memory cannot be read", life.cluster::memoryIsLost),
                new Event("the memory can be read", life.cluster::memoryIsBack),
                new Event("a reviewer says Revoke", life.cluster::reviewedAway),
                new Event("a reviewer says Keep", this::kept));
    }

    private Scene scene() {
        Scene scene = Scene.inOrder();
        if (one(3)) {
            scene.entry("principal", "Subject").entry("accepts", "[{risk: SubjectReach, reason: chance}]");
            if (one(2)) {
                scene.grant("credential", "{type: None}");
            }
        } else if (one(3)) {
            scene.grant("credential", "{type: Mint}");
        }
        if (one(4)) {
            scene.breakGlass();
        } else if (one(4)) {
            scene.claimed(NOW.plusSeconds(1_000 + random.nextInt(90_000)));
        }
        switch (random.nextInt(4)) {
            case 0 -> scene.entry("namespaces", "").entry("clusterWide", "true");
            case 1 -> scene.entry("namespaces", "[orders, payments, warehouse]");
            case 2 -> scene.entry("namespaces", "[orders, payments]").grant("namespaces", "[orders]");
            default -> {}
        }
        if (one(4)) {
            scene.duties(null);
        }
        if (one(3)) {
            scene.grant("duration", (1 + random.nextInt(3_000)) + "s");
        }
        if (one(5)) {
            scene.grant("notBefore", NOW.plusSeconds(random.nextInt(900)).toString());
        }
        if (one(5)) {
            scene.grant(
                    "notAfter", NOW.plusSeconds(1_000 + random.nextInt(2_000)).toString());
        }
        if (one(5)) {
            scene.identity("validUntil", NOW.plusSeconds(random.nextInt(3_000)).toString());
        }
        return scene;
    }

    /** Only what has begun has a review. */
    private void kept() {
        if (life.cluster.status != null && life.cluster.status.activatedAt() != null) {
            life.cluster.keep();
        }
    }

    /** Something happens, mostly nothing that ends the grant. */
    void something() {
        Event event = events.get(random.nextInt(one(3) ? events.size() : 8));
        told.add(event.name());
        event.happens().run();
    }

    boolean one(int in) {
        return random.nextInt(in) == 0;
    }

    private void cutOff() {
        FakeCluster.Cut[] ways = FakeCluster.Cut.values();
        FakeCluster.Cut way = ways[random.nextInt(ways.length)];
        int write = random.nextInt(8);
        told.add(way + " at write " + write);
        life.cluster.cut(write, way);
    }

    private void lane() {
        if (life.cluster.status != null
                && life.cluster.status.expiresAt() != null
                && !life.now.isBefore(life.cluster.status.expiresAt())) {
            life.lane();
        }
    }

    private interface Meddling {
        void with(GrantObject where, HasMetadata object);
    }

    private void somebody(Meddling meddling) {
        List<HasMetadata> all = life.cluster.objects.of(GRANT_UID);
        if (!all.isEmpty()) {
            HasMetadata object = all.get(random.nextInt(all.size()));
            told.add(object.getKind());
            meddling.with(where(object), object);
        }
    }

    private void removes(GrantObject where, HasMetadata object) {
        life.cluster.objects.remove(where);
    }

    private void changes(GrantObject where, HasMetadata object) {
        if (object instanceof RoleBinding binding) {
            life.cluster.objects.put(
                    where,
                    new RoleBindingBuilder(binding)
                            .addNewSubject("rbac.authorization.k8s.io", "User", "mallory", null)
                            .build());
        } else if (object instanceof Role role) {
            life.cluster.objects.put(
                    where,
                    new RoleBuilder(role)
                            .editFirstRule()
                            .withResourceNames()
                            .endRule()
                            .build());
        }
    }

    private void unlabels(GrantObject where, HasMetadata object) {
        object.getMetadata().setLabels(Map.of());
    }

    /** Where nothing of the grant is, and nobody wrote down that there was. */
    private void takesAName() {
        GrantObject where = new GrantObject(ObjectKind.RoleBinding, "orders", OBJECT_NAME, null, ObjectState.Creating);
        if (life.cluster.objects.at(where).isEmpty()) {
            life.cluster.objects.put(
                    where,
                    new RoleBindingBuilder()
                            .withNewMetadata()
                            .withName(OBJECT_NAME)
                            .withNamespace("orders")
                            .endMetadata()
                            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "edit")
                            .build());
        }
    }

    private static GrantObject where(HasMetadata object) {
        return new GrantObject(
                ObjectKind.valueOf(object.getKind()),
                object.getMetadata().getNamespace(),
                object.getMetadata().getName(),
                null,
                ObjectState.Present);
    }
}
