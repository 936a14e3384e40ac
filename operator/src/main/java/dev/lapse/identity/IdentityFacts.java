package dev.lapse.identity;

import dev.lapse.api.v1alpha1.ActorType;
import dev.lapse.api.v1alpha1.BuiltByName;
import dev.lapse.api.v1alpha1.IdentityState;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentitySpec;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.OwnerSource;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.ResolvedOwner;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An identity as its spec and the cluster show it. Its status is read only for proofs that were recorded. */
@BuiltByName
public record IdentityFacts(
        String namespace,
        String name,
        String uid,
        long generation,
        Instant createdAt,
        boolean deleting,
        ActorType type,
        Profile profile,
        IdentityState state,
        Optional<Instant> validUntil,
        Optional<ResolvedOwner> owner,
        SubjectFacts subject,
        List<EntryFacts> entries,
        List<WaiverFacts> waivers,
        Optional<Proof> recordedProof,
        List<ServiceIdentityStatus.EntryStatus> recordedEntries,
        List<ServiceIdentityStatus.WaiverStatus> recordedWaivers) {

    /** @param status the identity's status, if the operator wrote it */
    static IdentityFacts of(
            ServiceIdentity identity, @Nullable ServiceIdentityStatus status, Profile profile, SubjectFacts subject) {
        ServiceIdentitySpec spec = identity.getSpec();
        return IdentityFactsBuilder.stagedBuilder()
                .namespace(identity.getMetadata().getNamespace())
                .name(identity.getMetadata().getName())
                .uid(identity.getMetadata().getUid())
                .generation(identity.getMetadata().getGeneration())
                .createdAt(Instant.parse(identity.getMetadata().getCreationTimestamp()))
                .deleting(identity.getMetadata().getDeletionTimestamp() != null)
                .type(spec.actorType())
                .profile(profile)
                .state(spec.state() == null ? IdentityState.Active : spec.state())
                .validUntil(Optional.ofNullable(spec.validUntil()))
                .owner(owner(spec))
                .subject(subject)
                .entries(
                        spec.eligible() == null
                                ? List.of()
                                : spec.eligible().stream()
                                        .map(entry -> EntryFacts.of(entry, profile))
                                        .toList())
                .waivers(
                        spec.waivers() == null
                                ? List.of()
                                : spec.waivers().stream().map(WaiverFacts::of).toList())
                .recordedProof(status == null ? Optional.empty() : Optional.ofNullable(status.proof()))
                .recordedEntries(status == null || status.entries() == null ? List.of() : status.entries())
                .recordedWaivers(status == null || status.waivers() == null ? List.of() : status.waivers())
                .build();
    }

    private static Optional<ResolvedOwner> owner(ServiceIdentitySpec spec) {
        ServiceIdentitySpec.Owner owner = spec.owner();
        if (owner == null) {
            return Optional.empty();
        }
        if (owner.user() != null) {
            return Optional.of(new ResolvedOwner(owner.user(), OwnerSource.User));
        }
        return owner.team() == null ? Optional.empty() : Optional.of(new ResolvedOwner(owner.team(), OwnerSource.Team));
    }

    public Optional<EntryFacts> entry(String entryName) {
        return entries.stream().filter(entry -> entry.name().equals(entryName)).findFirst();
    }

    /** For each entry, when its role was last seen to allow something else than before. */
    public Map<String, Instant> roleChanges() {
        Map<String, Instant> changes = new HashMap<>();
        recordedEntries.forEach(entry -> {
            if (entry.roleChangedAt() != null) {
                changes.put(entry.name(), entry.roleChangedAt());
            }
        });
        return changes;
    }

    /** Whether the identity's end has come. */
    public boolean expired(Instant now) {
        return validUntil.isPresent() && !now.isBefore(validUntil.get());
    }

    /** Whether its profile demands an end that the spec does not give. */
    public boolean lacksEnd() {
        return profile.validUntilRequired() && validUntil.isEmpty();
    }
}
