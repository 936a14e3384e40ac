package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.UsedWaiver;
import dev.lapse.api.v1alpha1.Proof;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What was done for a grant so far: the part of its status that later passes build on. */
public record GrantRecord(
        GrantPhase phase,
        Optional<Proof> proof,
        Optional<Resolved> resolved,
        Optional<Instant> activatedAt,
        Optional<Instant> expiresAt,
        List<GrantObject> objects,
        List<IssuedCredential> credentials,
        Optional<Dies> dies,
        Optional<End> end,
        Optional<String> review,
        Optional<InsidersWhenAsked> insiders,
        List<UsedWaiver> waivers) {
    private static final int MOST_CREDENTIALS = 16;

    public static GrantRecord of(@Nullable PrivilegeGrantStatus status) {
        if (status == null || status.phase() == null) {
            return new GrantRecord(
                    GrantPhase.Pending,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of());
        }
        return new GrantRecord(
                status.phase(),
                Optional.ofNullable(status.proof()),
                Optional.ofNullable(status.resolved()),
                Optional.ofNullable(status.activatedAt()),
                Optional.ofNullable(status.expiresAt()),
                status.objects() == null ? List.of() : status.objects(),
                status.credentials() == null ? List.of() : status.credentials(),
                Optional.ofNullable(status.dies()),
                Optional.ofNullable(status.end()),
                Optional.ofNullable(status.review()),
                Optional.ofNullable(status.insidersWhenAsked()),
                status.waivers() == null ? List.of() : status.waivers());
    }

    /** Whether the end was announced, so that objects may exist. */
    public boolean announced() {
        return expiresAt.isPresent();
    }

    /** Whether a binding was ever made, as far as the record knows. */
    public boolean gaveAccess() {
        return activatedAt.isPresent()
                || objects.stream().anyMatch(object -> object.kind().binding() && object.uid() != null);
    }

    GrantRecord withObjects(List<GrantObject> now) {
        return with(copy -> copy.objects = List.copyOf(now));
    }

    public Optional<GrantObject> secret() {
        return objects.stream()
                .filter(object -> object.kind() == ObjectKind.Secret)
                .findFirst();
    }

    public GrantRecord withPhase(GrantPhase now) {
        return with(copy -> copy.phase = now);
    }

    GrantRecord withProof(Proof now) {
        return with(copy -> copy.proof = Optional.of(now));
    }

    GrantRecord withIntent(Resolved meaning, Instant ends, List<GrantObject> announced) {
        return with(copy -> {
            copy.resolved = Optional.of(meaning);
            copy.expiresAt = Optional.of(ends);
            copy.objects = List.copyOf(announced);
        });
    }

    public GrantRecord withActivatedAt(Instant at) {
        return with(copy -> copy.activatedAt = Optional.of(at));
    }

    public GrantRecord withObject(GrantObject changed) {
        List<GrantObject> now = new ArrayList<>(objects);
        now.replaceAll(object -> same(object, changed) ? changed : object);
        return with(copy -> copy.objects = List.copyOf(now));
    }

    GrantRecord withCredential(IssuedCredential issued, Dies how) {
        List<IssuedCredential> now = new ArrayList<>(credentials);
        now.add(issued);
        if (now.size() > MOST_CREDENTIALS) {
            now.remove(0);
        }
        return with(copy -> {
            copy.credentials = List.copyOf(now);
            copy.dies = Optional.of(how);
        });
    }

    GrantRecord withoutCredentials() {
        return with(copy -> {
            copy.credentials = List.of();
            copy.dies = Optional.empty();
        });
    }

    GrantRecord withReview(String name) {
        return with(copy -> copy.review = Optional.of(name));
    }

    /** Beside what is known of other accounts already. */
    GrantRecord withInsiders(InsidersWhenAsked found) {
        return with(copy -> copy.insiders =
                Optional.of(insiders.map(known -> known.and(found)).orElse(found)));
    }

    public GrantRecord withWaivers(List<UsedWaiver> used) {
        return with(copy -> copy.waivers = List.copyOf(used));
    }

    public GrantRecord withEnd(End how) {
        return with(copy -> copy.end = Optional.of(how));
    }

    private static boolean same(GrantObject one, GrantObject other) {
        return one.kind() == other.kind()
                && one.name().equals(other.name())
                && java.util.Objects.equals(one.namespace(), other.namespace());
    }

    private GrantRecord with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.done();
    }

    /** The one place that repeats all components. */
    private static final class Copy {
        private GrantPhase phase;
        private Optional<Proof> proof;
        private Optional<Resolved> resolved;
        private Optional<Instant> activatedAt;
        private Optional<Instant> expiresAt;
        private List<GrantObject> objects;
        private List<IssuedCredential> credentials;
        private Optional<Dies> dies;
        private Optional<End> end;
        private Optional<String> review;
        private Optional<InsidersWhenAsked> insiders;
        private List<UsedWaiver> waivers;

        Copy(GrantRecord from) {
            phase = from.phase;
            proof = from.proof;
            resolved = from.resolved;
            activatedAt = from.activatedAt;
            expiresAt = from.expiresAt;
            objects = from.objects;
            credentials = from.credentials;
            dies = from.dies;
            end = from.end;
            review = from.review;
            insiders = from.insiders;
            waivers = from.waivers;
        }

        GrantRecord done() {
            return new GrantRecord(
                    phase,
                    proof,
                    resolved,
                    activatedAt,
                    expiresAt,
                    objects,
                    credentials,
                    dies,
                    end,
                    review,
                    insiders,
                    waivers);
        }
    }
}
