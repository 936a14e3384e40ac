package dev.lapse.grant;

import dev.lapse.api.v1alpha1.BuiltByName;
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
import org.jspecify.annotations.Nullable;

/** What was done for a grant so far: the part of its status that later passes build on. */
@BuiltByName
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
            return GrantRecordBuilder.stagedBuilder()
                    .phase(GrantPhase.Pending)
                    .proof(Optional.empty())
                    .resolved(Optional.empty())
                    .activatedAt(Optional.empty())
                    .expiresAt(Optional.empty())
                    .objects(List.of())
                    .credentials(List.of())
                    .dies(Optional.empty())
                    .end(Optional.empty())
                    .review(Optional.empty())
                    .insiders(Optional.empty())
                    .waivers(List.of())
                    .build();
        }
        return GrantRecordBuilder.stagedBuilder()
                .phase(status.phase())
                .proof(Optional.ofNullable(status.proof()))
                .resolved(Optional.ofNullable(status.resolved()))
                .activatedAt(Optional.ofNullable(status.activatedAt()))
                .expiresAt(Optional.ofNullable(status.expiresAt()))
                .objects(status.objects() == null ? List.of() : status.objects())
                .credentials(status.credentials() == null ? List.of() : status.credentials())
                .dies(Optional.ofNullable(status.dies()))
                .end(Optional.ofNullable(status.end()))
                .review(Optional.ofNullable(status.review()))
                .insiders(Optional.ofNullable(status.insidersWhenAsked()))
                .waivers(status.waivers() == null ? List.of() : status.waivers())
                .build();
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
        return copy().objects(List.copyOf(now)).build();
    }

    public Optional<GrantObject> secret() {
        return objects.stream()
                .filter(object -> object.kind() == ObjectKind.Secret)
                .findFirst();
    }

    public GrantRecord withPhase(GrantPhase now) {
        return copy().phase(now).build();
    }

    GrantRecord withProof(Proof now) {
        return copy().proof(Optional.of(now)).build();
    }

    GrantRecord withIntent(Resolved meaning, Instant ends, List<GrantObject> announced) {
        return copy().resolved(Optional.of(meaning))
                .expiresAt(Optional.of(ends))
                .objects(List.copyOf(announced))
                .build();
    }

    public GrantRecord withActivatedAt(Instant at) {
        return copy().activatedAt(Optional.of(at)).build();
    }

    public GrantRecord withObject(GrantObject changed) {
        List<GrantObject> now = new ArrayList<>(objects);
        now.replaceAll(object -> same(object, changed) ? changed : object);
        return copy().objects(List.copyOf(now)).build();
    }

    GrantRecord withCredential(IssuedCredential issued, Dies how) {
        List<IssuedCredential> now = new ArrayList<>(credentials);
        now.add(issued);
        if (now.size() > MOST_CREDENTIALS) {
            now.remove(0);
        }
        return copy().credentials(List.copyOf(now)).dies(Optional.of(how)).build();
    }

    GrantRecord withoutCredentials() {
        return copy().credentials(List.of()).dies(Optional.empty()).build();
    }

    GrantRecord withReview(String name) {
        return copy().review(Optional.of(name)).build();
    }

    /** Beside what is known of other accounts already. */
    GrantRecord withInsiders(InsidersWhenAsked found) {
        return copy().insiders(
                        Optional.of(insiders.map(known -> known.and(found)).orElse(found)))
                .build();
    }

    public GrantRecord withWaivers(List<UsedWaiver> used) {
        return copy().waivers(List.copyOf(used)).build();
    }

    public GrantRecord withEnd(End how) {
        return copy().end(Optional.of(how)).build();
    }

    private static boolean same(GrantObject one, GrantObject other) {
        return one.kind() == other.kind()
                && one.name().equals(other.name())
                && java.util.Objects.equals(one.namespace(), other.namespace());
    }

    private GrantRecordBuilder copy() {
        return GrantRecordBuilder.builder(this);
    }
}
