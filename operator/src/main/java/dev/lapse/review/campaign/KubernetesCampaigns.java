package dev.lapse.review.campaign;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.ContentHash;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewSpec.Campaign;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.CampaignCount;
import dev.lapse.api.v1alpha1.CampaignScope;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.condition.Reason;
import dev.lapse.condition.Refusal;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.memory.KubernetesMemory;
import dev.lapse.memory.NotRemembered;
import dev.lapse.memory.OwedCertification;
import dev.lapse.memory.OwedCertificationBuilder;
import dev.lapse.review.IdentityVerb;
import dev.lapse.review.KubernetesReviews;
import dev.lapse.review.ReviewStatusReport;
import dev.lapse.review.campaign.CampaignPolicy.Next;
import dev.lapse.review.campaign.CampaignPolicy.Opening;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens what a campaign asks for, one review an identity, and counts what is decided of it. */
public final class KubernetesCampaigns {
    private static final int DIGITS_IN_NAME = 10;

    private final KubernetesIdentityPages identityPages;
    private final KubernetesMemory memory;
    private final KubernetesReviews reviews;
    private final KubernetesIdentities identities;
    private final Opener certifications;
    private final AccessOracle oracle;
    private final Duration notice;

    /** @param notice how long people have at least */
    public KubernetesCampaigns(
            KubernetesClient client,
            KubernetesMemory memory,
            KubernetesReviews reviews,
            KubernetesIdentities identities,
            Opener certifications,
            AccessOracle oracle,
            Duration notice) {
        this.identityPages = KubernetesIdentityPages.of(client);
        this.memory = memory;
        this.reviews = reviews;
        this.identities = identities;
        this.certifications = certifications;
        this.oracle = oracle;
        this.notice = notice;
    }

    /** Opens the review of one identity. */
    public interface Opener {
        void open(OwedCertification wanted, IdentityFacts identity, Instant now);
    }

    /**
     * @param status how the campaign is now
     * @param lookAgainAt when this could change without anybody doing anything
     */
    public record Pass(AccessReviewStatus status, CampaignPolicy.Decided decided, Optional<Instant> lookAgainAt) {}

    /** @param before the status, if the operator wrote it */
    public Pass look(AccessReview campaign, @Nullable AccessReviewStatus before, GuardState guard, Instant now) {
        List<ServiceIdentity> concerned = concerned(campaign, identities.all());
        Optional<CampaignCount> opened = Optional.ofNullable(before).map(AccessReviewStatus::campaign);
        CampaignPolicy.Facts facts = facts(campaign, before, concerned, opened, guard, now);
        CampaignPolicy.Decided decided = CampaignPolicy.decide(facts, notice, now);
        if (decided.next() == Next.AskRight) {
            decided = CampaignPolicy.decide(facts.withRight(right(campaign)), notice, now);
        }
        if (decided.open()) {
            Opening opening = openAll(campaign, now);
            if (opening.refusals().isEmpty()) {
                opened = Optional.of(new CampaignCount(opening.reviews(), 0));
                facts = facts(campaign, before, concerned, opened, guard, now);
                decided = CampaignPolicy.decide(facts, notice, now);
            } else {
                decided = CampaignPolicy.notAllOpened(opening, now);
            }
        }
        Optional<Proof> proof = NameProof.next(
                guard,
                Optional.ofNullable(before).map(AccessReviewStatus::proof),
                campaign.getMetadata().getGeneration(),
                now);
        int undecided = facts.undecided();
        AccessReviewStatus after = ReviewStatusReport.ofCampaign(
                campaign,
                decided,
                opened.map(count -> new CampaignCount(count.reviews(), count.reviews() - undecided)),
                facts.proof() == NameProof.Answer.PROVED ? proof : Optional.empty(),
                now);
        return new Pass(after, decided, decided.lookAgainAt());
    }

    private CampaignPolicy.Facts facts(
            AccessReview campaign,
            @Nullable AccessReviewStatus before,
            List<ServiceIdentity> concerned,
            Optional<CampaignCount> opened,
            GuardState guard,
            Instant now) {
        return new CampaignPolicy.Facts(
                campaign.getSpec(),
                campaign.getMetadata().getNamespace(),
                Instant.parse(campaign.getMetadata().getCreationTimestamp()),
                opened,
                undecided(campaign.getMetadata().getUid(), now).size(),
                NameProof.grant(
                        guard,
                        Optional.ofNullable(before).map(AccessReviewStatus::proof),
                        Instant.parse(campaign.getMetadata().getCreationTimestamp())),
                problem(concerned),
                Optional.empty());
    }

    private Answer right(AccessReview campaign) {
        AccessReviewSpec spec = campaign.getSpec();
        String namespace = campaign.getMetadata().getNamespace();
        return oracle.ask(
                UserInfo.of(
                        Objects.requireNonNull(spec.openedBy(), "every campaign says so"),
                        spec.openedByAs() == null ? List.of() : spec.openedByAs()),
                IdentityVerb.CAMPAIGN.on(""),
                CampaignPolicy.everywhere(spec, namespace) ? Optional.empty() : Optional.of(namespace));
    }

    /** By name; what is remembered, and what is open in case it is not remembered any more. */
    private Set<String> undecided(String campaignUid, Instant now) {
        Set<String> names = new HashSet<>();
        memory.all(OwedCertification.class, now).stream()
                .filter(owed -> owed.isOf(campaignUid))
                .forEach(owed -> names.add(owed.namespace() + "/" + owed.review()));
        reviews.ofCampaign(campaignUid)
                .forEach(review -> names.add(review.getMetadata().getNamespace() + "/"
                        + review.getMetadata().getName()));
        return names;
    }

    private String problem(List<ServiceIdentity> concerned) {
        return concerned.stream()
                .map(identity -> memory.of(identity.getMetadata().getNamespace()))
                .filter(known -> !known.readable())
                .map(known -> known.problem())
                .findFirst()
                .orElse("");
    }

    /** Those that were there when the campaign was opened: what comes later has another. */
    private static List<ServiceIdentity> concerned(AccessReview campaign, Stream<ServiceIdentity> all) {
        CampaignScope scope = Objects.requireNonNull(campaign.getSpec().scope(), "a campaign has one");
        Instant createdAt = Instant.parse(campaign.getMetadata().getCreationTimestamp());
        boolean everywhere = CampaignPolicy.everywhere(
                campaign.getSpec(), campaign.getMetadata().getNamespace());
        return all.filter(identity -> everywhere
                        || identity.getMetadata()
                                .getNamespace()
                                .equals(campaign.getMetadata().getNamespace()))
                .filter(identity -> identity.getMetadata().getDeletionTimestamp() == null)
                .filter(identity -> !Instant.parse(identity.getMetadata().getCreationTimestamp())
                        .isAfter(createdAt))
                .filter(identity -> scope.actorTypes() == null
                        || scope.actorTypes().isEmpty()
                        || scope.actorTypes().contains(identity.getSpec().actorType()))
                .filter(identity -> fits(scope, identity))
                .filter(identity -> identity.getSpec().eligible() != null
                        && !identity.getSpec().eligible().isEmpty())
                .toList();
    }

    /** Not what the informer shows: what it has not seen yet would never be asked about. */
    private Opening openAll(AccessReview campaign, Instant now) {
        List<Opening> opened = new ArrayList<>();
        identityPages.each(page -> opened.add(open(campaign, concerned(campaign, page.stream()), now)));
        return new Opening(
                opened.stream().mapToInt(Opening::reviews).sum(),
                opened.stream().flatMap(opening -> opening.refusals().stream()).toList());
    }

    private static boolean fits(CampaignScope scope, ServiceIdentity identity) {
        Map<String, String> labels =
                Optional.ofNullable(identity.getMetadata().getLabels()).orElse(Map.of());
        return scope.selector() == null
                || labels.entrySet().containsAll(scope.selector().matchLabels().entrySet());
    }

    /** Again after it was cut off: what is there already stays. Of two identities of one account only one has a say. */
    private Opening open(AccessReview campaign, List<ServiceIdentity> concerned, Instant now) {
        AccessReviewSpec spec = campaign.getSpec();
        Campaign reference = new Campaign(
                campaign.getMetadata().getNamespace(),
                campaign.getMetadata().getName(),
                campaign.getMetadata().getUid());
        int reviewed = 0;
        List<Refusal> refusals = new ArrayList<>();
        for (ServiceIdentity identity : concerned) {
            IdentityFacts facts = identities.facts(identity);
            if (facts.subject().claimedBy().isPresent()) {
                continue;
            }
            reviewed++;
            try {
                certifications.open(owed(spec, reference, facts), facts, now);
            } catch (NotRemembered unwritten) {
                refusals.add(new Refusal(Reason.MemoryFull, String.valueOf(unwritten.getMessage())));
            } catch (KubernetesClientException refused) {
                refusals.add(new Refusal(
                        Reason.StepFailed,
                        "the review of ServiceIdentity " + facts.namespace() + "/" + facts.name()
                                + " could not be opened: " + refused.getMessage()));
            }
        }
        return new Opening(reviewed, refusals);
    }

    private static OwedCertification owed(AccessReviewSpec spec, Campaign reference, IdentityFacts identity) {
        return OwedCertificationBuilder.stagedBuilder()
                .namespace(identity.namespace())
                .identity(identity.name())
                .subject(identity.subject().userName())
                .review(name(reference, identity))
                .campaign(reference)
                .reviewers(spec.reviewers())
                .insiders(spec.insiders())
                .dueAt(spec.dueAt())
                .onMissed(Objects.requireNonNull(spec.onMissed(), "every certification says so"))
                .entriesHash("")
                .missedAt(null)
                .held(false)
                .build();
    }

    private static String name(Campaign campaign, IdentityFacts identity) {
        return "lapse-" + campaign.uid() + "-"
                + ContentHash.of(campaign.uid(), identity.uid()).substring(0, DIGITS_IN_NAME);
    }
}
