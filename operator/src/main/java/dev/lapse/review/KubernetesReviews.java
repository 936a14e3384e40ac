package dev.lapse.review;

import static dev.lapse.cluster.KubernetesFailure.CONFLICT;

import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import dev.lapse.guard.FirstLook;
import dev.lapse.guard.Seal;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every review of the cluster as the operator knows it to be, read from the informer. */
public final class KubernetesReviews {
    private static final String BY_GRANT = "grant";
    private static final String BY_IDENTITY = "identity";
    private static final String BY_CAMPAIGN = "campaign";

    private final KubernetesClient client;
    private final StatusSeal seal;
    private volatile @Nullable IndexerResourceCache<AccessReview> cache;

    public KubernetesReviews(KubernetesClient client, Seal seal) {
        this.client = client;
        this.seal = new StatusSeal(seal);
    }

    void connect(IndexerResourceCache<AccessReview> reviews) {
        reviews.addIndexer(
                BY_GRANT,
                review -> Optional.ofNullable(review.getSpec().request())
                        .map(ReviewedRequest::grantUID)
                        .map(List::of)
                        .orElse(List.of()));
        reviews.addIndexer(
                BY_IDENTITY,
                review -> review.getSpec().campaign()
                        ? List.of()
                        : List.of(key(
                                review.getMetadata().getNamespace(),
                                review.getSpec().identity())));
        reviews.addIndexer(
                BY_CAMPAIGN,
                review -> Optional.ofNullable(review.getSpec().partOf())
                        .map(AccessReviewSpec.Campaign::uid)
                        .map(List::of)
                        .orElse(List.of()));
        cache = reviews;
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    public Optional<Consent> find(String namespace, String name) {
        IndexerResourceCache<AccessReview> connected = cache;
        return connected == null
                ? Optional.empty()
                : connected.get(new ResourceID(name, namespace)).map(this::consent);
    }

    /** Whether there is one of this name, decided or not. */
    public boolean exists(String namespace, String name) {
        IndexerResourceCache<AccessReview> connected = cache;
        return connected != null
                && connected.get(new ResourceID(name, namespace)).isPresent();
    }

    /** Whether there is one of this name, and everything in it is decided. */
    public boolean isCompleted(String namespace, String name) {
        IndexerResourceCache<AccessReview> connected = cache;
        return connected != null
                && connected
                        .get(new ResourceID(name, namespace))
                        .map(this::trusted)
                        .filter(status -> status.phase() == ReviewPhase.Completed)
                        .isPresent();
    }

    /** Those that can still be decided, or could again. */
    Stream<AccessReview> open() {
        IndexerResourceCache<AccessReview> connected = cache;
        return connected == null
                ? Stream.empty()
                : connected.list().map(listed -> newest(connected, listed)).filter(this::isOpen);
    }

    /** Those in which verdicts are written. A campaign has none of its own. */
    public Stream<FirstLook.Named> named() {
        IndexerResourceCache<AccessReview> connected = cache;
        return connected == null
                ? Stream.empty()
                : connected
                        .list()
                        .map(listed -> newest(connected, listed))
                        .filter(review -> review.getMetadata().getDeletionTimestamp() == null)
                        .filter(review -> !review.getSpec().campaign())
                        .flatMap(review -> named(review).stream());
    }

    private Optional<FirstLook.Named> named(AccessReview review) {
        AccessReviewStatus status = trusted(review);
        return status != null && status.phase().ended()
                ? Optional.empty()
                : Optional.of(new FirstLook.Named(
                        Instant.parse(review.getMetadata().getCreationTimestamp()),
                        Optional.ofNullable(status).map(AccessReviewStatus::proof)));
    }

    /** Those about one grant that can still be decided. */
    Stream<AccessReview> ofGrant(String uid) {
        return by(BY_GRANT, uid);
    }

    /** Those of one campaign that can still be decided. */
    public Stream<AccessReview> ofCampaign(String uid) {
        return by(BY_CAMPAIGN, uid);
    }

    private Stream<AccessReview> by(String index, String uid) {
        IndexerResourceCache<AccessReview> connected = cache;
        return connected == null
                ? Stream.empty()
                : connected.byIndex(index, uid).stream()
                        .map(indexed -> newest(connected, indexed))
                        .filter(this::isOpen);
    }

    /**
     * The object as the cache has it. The index lags behind the operator's own writes, and there is no event when it
     * catches up: by the index alone a review that was just decided would look open for good.
     */
    private static AccessReview newest(IndexerResourceCache<AccessReview> connected, AccessReview indexed) {
        return connected.get(ResourceID.fromResource(indexed)).orElse(indexed);
    }

    /** Those about an identity that can be decided, now or once the entry is as it was. */
    Stream<AccessReview> ofIdentity(String namespace, String identity) {
        IndexerResourceCache<AccessReview> connected = cache;
        return connected == null
                ? Stream.empty()
                : connected.byIndex(BY_IDENTITY, key(namespace, identity)).stream()
                        .map(indexed -> newest(connected, indexed))
                        .filter(this::isOpen);
    }

    private boolean isOpen(AccessReview review) {
        AccessReviewStatus status = trusted(review);
        return status == null
                || !status.phase().ended()
                || (status.phase() == ReviewPhase.Cancelled
                        && ReviewTerms.of(review.getSpec().type()).reopens());
    }

    /** Opens a review. One that is there already is taken for an earlier attempt: whoever reads it compares its spec. */
    public void open(AccessReview review) {
        try {
            client.resource(review).create();
        } catch (KubernetesClientException failed) {
            if (failed.getCode() != CONFLICT) {
                throw failed;
            }
        }
    }

    /** The status, if the operator wrote it. */
    @Nullable
    AccessReviewStatus trusted(AccessReview review) {
        AccessReviewStatus status = review.getStatus();
        return status != null && seal.isOn(status, review.getMetadata().getUid()) ? status : null;
    }

    AccessReviewStatus sealed(AccessReviewStatus status, String uid) {
        return seal.on(status, uid);
    }

    private Consent consent(AccessReview review) {
        return consent(review.getMetadata().getName(), review.getSpec(), trusted(review));
    }

    public static Consent consent(String name, AccessReviewSpec spec, @Nullable AccessReviewStatus status) {
        if (status == null) {
            return Consent.opened(name, spec);
        }
        List<SeenVerdict> counting = status.verdicts() == null
                ? List.of()
                : status.verdicts().stream().filter(SeenVerdict::counts).toList();
        return new Consent(
                name,
                spec,
                status.phase(),
                status.outcome() == Outcome.Approved,
                status.approvals(),
                counting.stream()
                        .filter(verdict -> verdict.verdict() == Verdict.Approve)
                        .map(verdict -> UserInfo.of(verdict.by(), verdict.byAs()))
                        .toList(),
                counting.stream()
                        .filter(verdict -> verdict.verdict() == Verdict.Deny)
                        .map(verdict -> "denied by " + verdict.by() + comment(spec, verdict))
                        .findFirst()
                        .orElse(""));
    }

    private static String comment(AccessReviewSpec spec, SeenVerdict verdict) {
        return spec.decisions() == null
                ? ""
                : spec.decisions().stream()
                        .filter(decision -> DecisionHash.of(decision).equals(verdict.hash()))
                        .flatMap(decision -> Optional.ofNullable(decision.comment()).stream())
                        .map(said -> ": " + said)
                        .findFirst()
                        .orElse("");
    }
}
