package dev.lapse.review.kind;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewSpec.OnMissed;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import dev.lapse.api.v1alpha1.PinnedEntry;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.IdentityReference;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.memory.KubernetesMemory;
import dev.lapse.memory.NotRemembered;
import dev.lapse.memory.OwedCertification;
import dev.lapse.memory.OwedCertificationBuilder;
import dev.lapse.memory.RevokedPrivilege;
import dev.lapse.review.KubernetesReviews;
import dev.lapse.review.ReviewDecision;
import dev.lapse.review.ReviewFacts;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is remembered of certifications and what their reviews say in step. What takes away is remembered before the
 * review says so, what frees is forgotten after: whatever is cut off between holds back more, not less.
 */
public final class KubernetesCertifications implements ReviewKind {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesCertifications.class);

    private final KubernetesMemory memory;
    private final KubernetesReviews reviews;
    private final KubernetesIdentities identities;
    private final KubernetesCluster cluster;

    public KubernetesCertifications(
            KubernetesMemory memory,
            KubernetesReviews reviews,
            KubernetesIdentities identities,
            KubernetesCluster cluster) {
        this.memory = memory;
        this.reviews = reviews;
        this.identities = identities;
        this.cluster = cluster;
    }

    @Override
    public boolean ready(AccessReview review) {
        return memory.of(review.getMetadata().getNamespace()).readable();
    }

    /** What it has sealed is its own, even if it was lost from its memory. */
    @Override
    public boolean wanted(AccessReview review, @Nullable AccessReviewStatus before, Instant now) {
        return owed(review, now)
                .map(known -> known.equals(asOwed(review, known.subject(), known.missedAt(), known.held())))
                .orElse(before != null);
    }

    @Override
    public boolean owedByIdentity() {
        return true;
    }

    @Override
    public Optional<String> subject(AccessReview review, Instant now) {
        return owed(review, now).map(OwedCertification::subject);
    }

    @Override
    public Map<String, List<String>> revokedBefore(AccessReview review, Instant now) {
        return review.getSpec().pinned().stream()
                .collect(Collectors.toMap(
                        PinnedEntry::name,
                        entry -> revoked(review, entry, now)
                                .flatMap(revoked -> revoked.revokedBy().stream())
                                .distinct()
                                .toList(),
                        (one, other) -> one));
    }

    @Override
    public void deciding(AccessReview review, ReviewFacts facts, ReviewDecision decision, Instant now) {
        if (decision.phase() == ReviewPhase.Cancelled) {
            return;
        }
        String subject = owed(review, now)
                .map(OwedCertification::subject)
                .or(facts::subjectName)
                .orElse("");
        boolean missed = decision.phase() == ReviewPhase.Overdue;
        OwedCertification known = owed(review, now).orElseGet(() -> asOwed(review, subject, null, false));
        try {
            decision.verdicts().stream()
                    .filter(verdict -> verdict.counts() && verdict.verdict() == Verdict.Revoke)
                    .filter(verdict -> !facts.recorded().contains(verdict))
                    .forEach(verdict -> revoke(review, subject, verdict.item(), List.of(verdict.by()), now));
            if (missed
                    && facts.phase() != ReviewPhase.Overdue
                    && review.getSpec().onMissed() == OnMissed.Revoke) {
                CertificationVerdicts.undecided(facts, decision.verdicts())
                        .forEach(item -> revoke(review, subject, item, List.of(), now));
            }
        } catch (NotRemembered noRoom) {
            // There is room for what is there already: nothing is given until the rest is remembered too.
            memory.remember(known.withHeld(true), now);
            throw noRoom;
        }
        OwedCertification free = known.withHeld(false);
        OwedCertification after = missed ? free.withMissed(now.truncatedTo(ChronoUnit.SECONDS)) : free;
        // Memory that was lost learns of it again from a review that is still open.
        if (!decision.phase().ended() && owed(review, now).filter(after::equals).isEmpty()) {
            memory.remember(after, now);
        }
    }

    @Override
    public boolean settled(AccessReview review, @Nullable AccessReviewStatus status, Instant now) {
        if (status == null || status.phase() == ReviewPhase.Cancelled || status.verdicts() == null) {
            return false;
        }
        List<RevokedPrivilege> lifted = status.verdicts().stream()
                .filter(verdict -> verdict.counts() && verdict.verdict() == Verdict.Keep)
                .flatMap(verdict -> lift(review, status.verdicts(), verdict, now).stream())
                .toList();
        Optional<OwedCertification> done = status.phase().ended() ? owed(review, now) : Optional.empty();
        done.ifPresent(paid -> memory.forget(paid, now));
        return !lifted.isEmpty() || done.isPresent();
    }

    /**
     * Lifts what was revoked before somebody said Keep; what was revoked since, or here, is another matter.
     *
     * @return what is not held any more, or not everywhere
     */
    private List<RevokedPrivilege> lift(
            AccessReview review, List<SeenVerdict> verdicts, SeenVerdict keep, Instant now) {
        PinnedEntry entry = entry(review, keep.item());
        List<RevokedPrivilege> lifted = revoked(review, entry, now)
                .filter(revoked -> revoked.revokedAt().isBefore(keep.seenAt()))
                .filter(revoked -> !CertificationVerdicts.revokedHere(review.getSpec(), verdicts, revoked))
                .toList();
        lifted.forEach(revoked -> revoked.kept(entry.namespaces())
                .ifPresentOrElse(rest -> memory.remember(rest, now), () -> memory.forget(revoked, now)));
        return lifted;
    }

    private static PinnedEntry entry(AccessReview review, String item) {
        return review.getSpec().pinned().stream()
                .filter(pinned -> pinned.name().equals(item))
                .findFirst()
                .orElseThrow();
    }

    private void revoke(AccessReview review, String subject, String item, List<String> by, Instant now) {
        PinnedEntry entry = entry(review, item);
        RevokedPrivilege revoked = new RevokedPrivilege(
                review.getMetadata().getNamespace(),
                review.getSpec().identity(),
                subject,
                entry.role(),
                entry.namespaces(),
                List.of(),
                by,
                review.getMetadata().getName(),
                now.truncatedTo(ChronoUnit.MILLIS));
        memory.remember(
                revoked(review, entry, now)
                        .filter(earlier -> earlier.key().equals(revoked.key()))
                        .findFirst()
                        .map(revoked::after)
                        .orElse(revoked),
                now);
    }

    private Stream<RevokedPrivilege> revoked(AccessReview review, PinnedEntry entry, Instant now) {
        String subject = owed(review, now).map(OwedCertification::subject).orElse("");
        return memory.of(review.getMetadata().getNamespace()).all(RevokedPrivilege.class, now).stream()
                .filter(revoked -> revoked.concerns(review.getSpec().identity(), subject))
                .filter(revoked -> revoked.covers(entry.role(), entry.namespaces()));
    }

    /** Everything that is owed, as far as it is known. */
    public List<OwedCertification> owed(Instant now) {
        return memory.all(OwedCertification.class, now);
    }

    private Optional<OwedCertification> owed(AccessReview review, Instant now) {
        return owed(review.getMetadata().getNamespace(), review.getMetadata().getName(), now);
    }

    private Optional<OwedCertification> owed(String namespace, String review, Instant now) {
        return memory.of(namespace).all(OwedCertification.class, now).stream()
                .filter(owed -> owed.review().equals(review))
                .findFirst();
    }

    private static OwedCertification asOwed(
            AccessReview review, String subject, @Nullable Instant missedAt, boolean held) {
        AccessReviewSpec spec = review.getSpec();
        return OwedCertificationBuilder.stagedBuilder()
                .namespace(review.getMetadata().getNamespace())
                .identity(spec.identity())
                .subject(subject)
                .review(review.getMetadata().getName())
                .campaign(spec.partOf())
                .reviewers(spec.reviewers())
                .insiders(spec.insiders())
                .dueAt(spec.dueAt())
                .onMissed(Objects.requireNonNull(spec.onMissed(), "every certification says so"))
                .entriesHash(PinnedEntries.hash(spec.pinned()))
                .missedAt(missedAt)
                .held(held)
                .build();
    }

    /** Remembers that it is owed, then opens it; what is open, or was decided before, is not asked again. */
    public void open(OwedCertification wanted, IdentityFacts identity, Instant now) {
        boolean open = owed(wanted.namespace(), wanted.review(), now).isPresent()
                && reviews.exists(wanted.namespace(), wanted.review());
        if (open || reviews.isCompleted(wanted.namespace(), wanted.review())) {
            return;
        }
        List<PinnedEntry> entries = PinnedEntries.of(cluster, identity);
        AccessReview review = manifest(wanted, identity, entries);
        memory.remember(asOwed(review, wanted.subject(), wanted.missedAt(), wanted.held()), now);
        reviews.open(review);
    }

    /** Opens what is owed and was lost, of every identity that is there. */
    public void openMissing(Instant now) {
        memory.all(OwedCertification.class, now).stream()
                .filter(owed -> !reviews.exists(owed.namespace(), owed.review()))
                .forEach(owed -> identities
                        .find(owed.namespace(), owed.identity())
                        .filter(identity -> !identity.entries().isEmpty())
                        .ifPresent(identity -> openAgain(owed, identity, now)));
    }

    private void openAgain(OwedCertification owed, IdentityFacts identity, Instant now) {
        try {
            open(owed, identity, now);
        } catch (KubernetesClientException failed) {
            LOG.atWarn()
                    .addKeyValue("review", owed.namespace() + "/" + owed.review())
                    .addKeyValue("error", failed.getMessage())
                    .log("a certification could not be opened again, the sweep tries again");
        }
    }

    private static AccessReview manifest(OwedCertification owed, IdentityFacts identity, List<PinnedEntry> entries) {
        AccessReview made = new AccessReview();
        made.setMetadata(new ObjectMetaBuilder()
                .withNamespace(owed.namespace())
                .withName(owed.review())
                .build());
        made.setSpec(AccessReviewSpec.ofIdentity(
                new IdentityReference(owed.identity()),
                identity.uid(),
                entries,
                owed.campaign(),
                owed.reviewers(),
                owed.insiders(),
                owed.dueAt(),
                owed.onMissed()));
        return made;
    }
}
