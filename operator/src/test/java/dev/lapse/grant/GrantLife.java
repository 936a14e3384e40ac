package dev.lapse.grant;

import static dev.lapse.grant.Scene.GRANT_UID;
import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.condition.ConditionType;
import dev.lapse.credential.TokenSchedule;
import dev.lapse.grant.begin.GrantManifests;
import dev.lapse.grant.end.AccessRemoval;
import dev.lapse.grant.request.RequestReview;
import dev.lapse.review.Consent;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A grant's life in a {@link FakeCluster}: passes of the operator, and what happens between them. */
public final class GrantLife {
    private static final int MOST_PASSES = 20;

    public final Scene scene;
    public final FakeCluster cluster = new FakeCluster();
    public Instant now = NOW;
    private Optional<Instant> bindingsGoneAt = Optional.empty();
    private GrantPass.@Nullable Settled last;

    GrantLife(Scene scene) {
        this.scene = scene.notHeld().entitlement(null);
    }

    public static GrantLife of(Scene scene) {
        return new GrantLife(scene);
    }

    /** One pass, from what is recorded and what the informers show; false if it was cut off. */
    public boolean pass() {
        try {
            last = new GrantPass(cluster, () -> now, facts -> {}, () -> false).over(observe(), now);
            return true;
        } catch (FakeCluster.NotDone | FakeCluster.Killed cutOff) {
            if (cutOff instanceof FakeCluster.Killed) {
                bindingsGoneAt = Optional.empty();
            }
            return false;
        }
    }

    /** Enough people approve whatever is open. */
    void approved() {
        cluster.consents.replaceAll((name, open) -> new Consent(
                name,
                open.spec(),
                ReviewPhase.Completed,
                true,
                "2/2",
                List.of(UserInfo.of("ada", List.of()), UserInfo.of("erin", List.of())),
                ""));
    }

    /** Passes until one goes through, with informers that have caught up. */
    public GrantLife settle() {
        return settle(true);
    }

    /** Passes until one goes through, with informers that have learned nothing but what the operator was answered. */
    GrantLife settleUnseeing() {
        return settle(false);
    }

    private GrantLife settle(boolean seeing) {
        cluster.undisturbed();
        for (int i = 0; i < MOST_PASSES; i++) {
            if (seeing) {
                cluster.objects.show();
            }
            if (pass()) {
                return this;
            }
        }
        throw new AssertionError("no pass went through; written were " + cluster.writes);
    }

    public GrantFacts observe() {
        scene.status(cluster.status).grantMetadata("finalizers", cluster.held ? "[lapse.dev/revoke-first]" : "");
        GrantRecord record = GrantRecord.of(cluster.status);
        GrantRequest request = scene.facts().request();
        GrantFacts facts = scene.objects(record.objects().stream()
                        .map(object -> cluster.objects.observe(object, record, request))
                        .toList())
                .facts()
                .withBindingsGoneAt(bindingsGoneAt)
                .withMemory(cluster.memory);
        return facts.withConsent(RequestReview.of(facts, now)
                .flatMap(review -> Optional.ofNullable(cluster.consents.get(review.name()))));
    }

    /** The expiry lane takes the access, as {@link AccessRemoval} does. */
    void lane() {
        GrantFacts facts = observe();
        try {
            for (ObservedObject object : facts.objects()) {
                boolean foreign = object.found() == ObservedObject.Found.Foreign
                        && object.ownUid().isEmpty();
                if (object.object().kind().binding() && object.object().state() != ObjectState.Gone && !foreign) {
                    cluster.remove(facts.request(), object);
                }
            }
            if (facts.record().announced()) {
                bindingsGoneAt = Optional.of(now);
            }
        } catch (FakeCluster.NotDone | FakeCluster.Killed cutOff) {
            // It is tried again.
        }
    }

    /** Whoever asked creates a token, if that is possible now. */
    void mint() {
        GrantRequest request = scene.facts().request();
        List<HasMetadata> there = cluster.objects.of(request.uid());
        boolean allowed = Stream.of("Role", "RoleBinding")
                .allMatch(kind -> there.stream()
                        .anyMatch(object -> object.getKind().equals(kind)
                                && object.getMetadata().getName().equals(GrantPlan.mintName(request.uid()))));
        there.stream()
                .filter(object -> allowed && object.getKind().equals("ServiceAccount"))
                .forEach(account ->
                        cluster.objects.mint(account.getMetadata().getUid(), now.plus(TokenSchedule.SHORTEST)));
    }

    public GrantLife after(Duration time) {
        now = now.plus(time);
        return this;
    }

    public GrantPass.Settled last() {
        return Objects.requireNonNull(last, "no pass has gone through");
    }

    public PrivilegeGrantStatus status() {
        return Objects.requireNonNull(cluster.status, "no status was written");
    }

    public GrantPhase phase() {
        return cluster.status == null ? GrantPhase.Pending : cluster.status.phase();
    }

    public End end() {
        return Objects.requireNonNull(status().end(), "no end is recorded");
    }

    public Instant expiresAt() {
        return Objects.requireNonNull(status().expiresAt(), "no end is announced");
    }

    public Condition condition(ConditionType type) {
        return status().conditions().stream()
                .filter(condition -> condition.type().equals(type.name()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no condition " + type + " in " + status()));
    }

    Optional<GrantObject> object(PrivilegeGrantStatus.ObjectKind kind) {
        return status().objects().stream()
                .filter(object -> object.kind() == kind)
                .findFirst();
    }

    /** The privilege is complete, once, and nothing else is there. */
    void holdsExactlyWhatIsRecorded() {
        PrivilegeGrantStatus status = status();
        assertThat(status.phase()).isEqualTo(GrantPhase.Active);
        assertThat(status.objects()).allSatisfy(object -> {
            assertThat(object.state()).isEqualTo(ObjectState.Present);
            assertThat(cluster.objects.uidAt(object))
                    .as("the " + object.kind() + " on record is the one there is")
                    .contains(String.valueOf(object.uid()));
        });
        assertThat(cluster.objects.of(GRANT_UID)).hasSameSizeAs(status.objects());
        status.objects().stream()
                .filter(object -> object.kind().binding() || object.kind() == PrivilegeGrantStatus.ObjectKind.Role)
                .forEach(object -> assertThat(cluster.objects.at(object))
                        .hasValueSatisfying(there -> assertThat(GrantManifests.gives(
                                        there,
                                        scene.facts().request(),
                                        object,
                                        Objects.requireNonNull(status.resolved())))
                                .isTrue()));
        object(PrivilegeGrantStatus.ObjectKind.Secret)
                .ifPresent(secret -> assertThat(cluster.objects.tokenIn(String.valueOf(secret.uid())))
                        .as("the token in the Secret is the last on record")
                        .contains(status.credentials()
                                .get(status.credentials().size() - 1)
                                .id()));
        everyLiveTokenIsOnRecord();
    }

    void everyLiveTokenIsOnRecord() {
        List<String> recorded = cluster.status == null
                ? List.of()
                : status().credentials().stream()
                        .map(PrivilegeGrantStatus.IssuedCredential::id)
                        .toList();
        assertThat(liveTokens())
                .filteredOn(token -> !token.startsWith(FakeObjects.MINTED))
                .isSubsetOf(recorded);
    }

    public void holdsNothing() {
        assertThat(cluster.objects.of(GRANT_UID)).as("objects of the grant").isEmpty();
        assertThat(liveTokens()).as("tokens that are still taken").isEmpty();
        assertThat(cluster.held).as("finalizer").isFalse();
    }

    public List<HasMetadata> bindings() {
        return cluster.objects.of(GRANT_UID).stream()
                .filter(object -> object.getKind().endsWith("Binding"))
                .toList();
    }

    List<String> liveTokens() {
        return cluster.objects.liveTokens(now, FakeCluster.SUBJECT_UID).stream()
                .map(FakeObjects.Token::id)
                .toList();
    }
}
