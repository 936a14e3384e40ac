package dev.lapse.grant;

import dev.lapse.access.KubernetesBindings;
import dev.lapse.access.NamedBinding;
import dev.lapse.access.OperatorReach;
import dev.lapse.access.RecentAnswers;
import dev.lapse.access.SeparationOfDuties;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.cluster.FirstPass;
import dev.lapse.cluster.HeapRoom;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.cluster.KubernetesStatusWriter;
import dev.lapse.credential.CredentialEffects;
import dev.lapse.grant.GrantEventSources.Workers;
import dev.lapse.grant.PassQueue.Desk;
import dev.lapse.grant.begin.KubernetesGrantObjects;
import dev.lapse.grant.end.AccessRemoval;
import dev.lapse.grant.end.EndingNotes;
import dev.lapse.grant.request.ActivationRights;
import dev.lapse.grant.request.KubernetesDuties;
import dev.lapse.grant.request.KubernetesFreshness;
import dev.lapse.grant.tell.GrantJournal;
import dev.lapse.grant.tell.GrantMetrics;
import dev.lapse.guard.Seal;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.identity.KubernetesTools;
import dev.lapse.identity.OperatorPlace;
import dev.lapse.identity.Vouchers;
import dev.lapse.lane.ExpiryLane;
import dev.lapse.review.Aliases;
import dev.lapse.review.KubernetesReviews;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The grants' controller, put together: informers to event sources, lane to removal, policy to effects. */
public final class KubernetesGrants implements AutoCloseable {
    /** Proving asks much and hurries nobody. */
    private static final int PROVERS = 2;

    /** Who reads the rules of roles: requests that may be refused or hang, and hold up no end for another cause. */
    private static final int ROLE_READERS = 4;

    private static final int FEW_QUESTIONS = 8;

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesGrants.class);

    private final KubernetesClient client;
    private final KubernetesGrantObjects objects;
    private final ExpiryLane ends;
    private final GrantLane lane;
    private final ExpiryLane rules;
    private final GrantLane roleReaders;
    private final WakeUps<GrantKey> wakeUps;
    private final GrantPasses passes;
    private final KubernetesKnownGrants known;
    private final GrantEventSources sources;
    private final KubernetesGrantReviews reviews;
    private final KubernetesGrantRounds rounds;
    private final GrantWork work;
    private final PrivilegeGrantReconciler reconciler;
    private final InstantSource clock;
    private final EndingNotes notes = new EndingNotes();
    private final KubernetesPacking packing;

    /** What the controller works with. */
    public record Tools(
            KubernetesTools shared,
            KubernetesReviews reviews,
            Vouchers vouchers,
            SeparationOfDuties duties,
            Duration longestWaiver,
            Aliases aliases,
            CredentialEffects credentials,
            KubernetesBindings bindings,
            Seal seal,
            EndedGrants ended,
            MeterRegistry meters,
            Crowd.Limits crowdLimits,
            Supplier<Optional<String>> clockProblem) {}

    /**
     * @param laneThreads how many ends are carried out at once, by the lane and after it
     * @param passThreads how many passes over what is not ending run at once
     * @param identityConcerned is told namespace and name of an identity whose grants changed
     * @param authorRefused is told the UID of an identity with an entry whose author could not bind its role
     * @param reviewsConcerned is told the UID of a grant that changed
     * @param reviewMissing is told that a review that is owed may be gone; does not wait for
     *     {@link KubernetesGrantReviews#openMissing}
     */
    public KubernetesGrants(
            Tools tools,
            FirstPass firstPass,
            int laneThreads,
            int passThreads,
            BiConsumer<String, String> identityConcerned,
            Consumer<String> authorRefused,
            Consumer<String> reviewsConcerned,
            Runnable reviewMissing) {
        KubernetesCluster cluster = tools.shared().cluster();
        KubernetesIdentities identities = tools.shared().identities();
        GrantMetrics metrics = new GrantMetrics(tools.meters());
        clock = tools.shared().clock();
        KubernetesOwedReviews owed =
                new KubernetesOwedReviews(tools.shared().memory(), tools.reviews(), identities, clock);
        client = tools.shared().client();
        packing = new KubernetesPacking(client.getKubernetesSerialization());
        known = new KubernetesKnownGrants(firstPass, packing);
        objects = new KubernetesGrantObjects(
                tools.shared().client(), cluster, tools.shared().writes());
        ActivationRights rights = new ActivationRights(
                tools.shared().oracle(),
                new OperatorReach(
                        () -> OperatorPlace.bounds(tools.shared().parameters().get()),
                        tools.shared().oracle()),
                authorRefused);
        KubernetesFreshness freshness = new KubernetesFreshness(tools);
        StatusSeal seal = new StatusSeal(tools.seal());
        KubernetesStatusWriter<PrivilegeGrant, PrivilegeGrantSpec, PrivilegeGrantStatus> status =
                new KubernetesStatusWriter<>(client, PrivilegeGrant::new, seal::on);
        KubernetesDuties duties = new KubernetesDuties(tools, seal, known::allOpen);
        RecentAnswers answers = new RecentAnswers(tools.shared().oracle(), clock);
        KubernetesGrantObserver observer = new KubernetesGrantObserver(
                cluster,
                identities,
                tools.shared().guard(),
                tools.shared().parameters(),
                tools.clockProblem(),
                tools.reviews(),
                tools.vouchers(),
                tools.shared().memory()::of,
                duties,
                seal,
                tools.ended(),
                notes,
                request -> known.crowd(request, tools.crowdLimits()));
        GrantJournal journal = new GrantJournal(tools.shared().events(), metrics, tools.ended());
        AccessRemoval removal = new AccessRemoval(
                this::find,
                known::isTorn,
                firstPass::begun,
                observer,
                objects::remove,
                clock,
                notes,
                this::askForRules,
                this::endsForItsRules);
        ends = new ExpiryLane(clock);
        lane = new GrantLane(ends, removal::look, this::close, this::goesOn);
        rules = new ExpiryLane(clock);
        roleReaders = new GrantLane(rules, removal::judgeByRules, ended -> {}, this::goesOn);
        wakeUps = new WakeUps<>(clock, this::lookAgainIfThere);
        passes = new GrantPasses(clock, this::passOver);
        sources = new GrantEventSources(
                known,
                lane,
                wakeUps,
                passes,
                new Workers(laneThreads, Map.of(Desk.Close, laneThreads, Desk.Begin, passThreads, Desk.Prove, PROVERS)),
                firstPass,
                identityConcerned,
                reviewsConcerned,
                grant -> seal.forged(grant) || tools.ended().risen(grant));
        KubernetesGrantEffects.Tools effects = new KubernetesGrantEffects.Tools(
                objects,
                status,
                tools.credentials(),
                tools.shared().writes(),
                answers,
                freshness,
                rights,
                observer::rules,
                duties,
                tools.bindings(),
                tools.reviews(),
                tools.shared().memory(),
                owed,
                journal,
                notes::bindingRemoved,
                this::goneOrGoing);
        work = new GrantWork(
                observer,
                known,
                (grant, desk) -> new KubernetesGrantEffects(
                        effects, questions -> mayAsk(desk, questions), known.isTorn(grant), grant),
                notes,
                lane,
                wakeUps,
                passes,
                clock);
        reconciler = new PrivilegeGrantReconciler(sources, status::connect);
        reviews = new KubernetesGrantReviews(
                known, sources, identities, owed, seal, identityConcerned, reviewMissing, clock);
        rounds = new KubernetesGrantRounds(known, sources, cluster, identities, objects, metrics, owed, clock);
        metrics.watch(ends);
        new GrantConcerns(sources, identities).watch(cluster);
    }

    /** A few questions are asked at once, so that status is written once, as long as no other end waits for that. */
    private boolean mayAsk(Desk desk, int questions) {
        return desk == Desk.Prove || (questions <= FEW_QUESTIONS && passes.waiting(Desk.Close) == 0);
    }

    private void passOver(GrantKey grant, Desk desk) {
        work.over(grant, desk);
    }

    private void askForRules(GrantDue due) {
        roleReaders.schedule(due.uid(), due.grant(), due.end());
    }

    private void endsForItsRules(GrantDue due) {
        lane.schedule(due.uid(), due.grant(), due.end());
    }

    private void close(GrantKey grant) {
        passes.add(grant, Desk.Close);
    }

    private void goesOn(GrantKey grant) {
        passes.add(grant, Desk.Begin);
    }

    /**
     * Ends what is over, before anything else is read: it needs nothing but the grants. Called again, it goes by what the
     * grants say then.
     */
    public void begin() {
        rules.start("roles", ROLE_READERS);
        try {
            sources.begin(KubernetesGrantPages.listed(client), uid -> notes.needsNoLook(uid, clock.instant()));
        } catch (KubernetesClientException refused) {
            // The informer asks again, and goes on asking.
            LOG.atWarn().addKeyValue("error", refused.getMessage()).log("the grants could not be listed first");
        }
    }

    /** Waits while ends are being closed, but never for long: for whoever only tells of them. */
    public void letClosingGoFirst() {
        passes.letClosingGoFirst();
    }

    /** What ends goes on ending. */
    public void giveNothingMore() {
        rules.close();
        passes.close();
        wakeUps.close();
    }

    public PrivilegeGrantReconciler reconciler() {
        return reconciler;
    }

    /** Where the informer of grants keeps them. */
    public ItemStore<PrivilegeGrant> store(HeapRoom room) {
        return new KubernetesGrantStore(packing, room);
    }

    /** The active grants of an identity, the first to end first. */
    public List<String> activeGrants(String namespace, String identity) {
        return known.activeGrants(namespace, identity);
    }

    /** An identity changed: so may its grants. */
    public void identityChanged(String namespace, String name) {
        sources.identityChanged(namespace, name);
        reviews.askForMissing(namespace, name);
    }

    /** What they have to do with reviews. */
    public KubernetesGrantReviews reviews() {
        return reviews;
    }

    /** What is gone through from time to time. */
    public KubernetesGrantRounds rounds() {
        return rounds;
    }

    /** The guard changed, or the memory can be read again: what waits for it may go on. */
    public void lookAgainAtWaiting() {
        sources.lookAgainWhere(
                grant -> grant.getStatus() == null || grant.getStatus().activatedAt() == null);
    }

    @Override
    public void close() {
        ends.close();
        rules.close();
        passes.close();
        wakeUps.close();
    }

    /** Of many grants of one account that end at once the first to be proved still sees the last. */
    private boolean goneOrGoing(NamedBinding binding) {
        return GrantPlan.grantUid(binding.name())
                .filter(uid -> lane.isTaken(uid) || !objects.isThere(binding))
                .isPresent();
    }

    private Optional<PrivilegeGrant> find(GrantDue due) {
        return known.find(due.uid(), due.grant());
    }

    private void lookAgainIfThere(GrantKey grant) {
        if (known.find(grant).isPresent()) {
            sources.lookAgain(grant);
        }
    }
}
