package dev.lapse.grant;

import static dev.lapse.cluster.KubernetesFailure.NOT_FOUND;

import dev.lapse.access.Insiders;
import dev.lapse.access.KubernetesBindings;
import dev.lapse.access.NamedBinding;
import dev.lapse.access.RecentAnswers;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.cluster.KubernetesFailure;
import dev.lapse.cluster.KubernetesStatusWriter;
import dev.lapse.cluster.KubernetesWrites;
import dev.lapse.credential.CredentialEffects;
import dev.lapse.grant.begin.GrantManifests;
import dev.lapse.grant.begin.KubernetesGrantObjects;
import dev.lapse.grant.begin.KubernetesStepFailure;
import dev.lapse.grant.request.ActivationRights;
import dev.lapse.grant.request.KubernetesDuties;
import dev.lapse.grant.request.KubernetesFreshness;
import dev.lapse.grant.request.RequestReview;
import dev.lapse.grant.tell.GrantJournal;
import dev.lapse.grant.tell.GrantStatusReport;
import dev.lapse.identity.RoleFacts;
import dev.lapse.memory.BreakGlassDebt;
import dev.lapse.memory.KubernetesMemory;
import dev.lapse.memory.Remembered;
import dev.lapse.review.BreakGlassRules;
import dev.lapse.review.Consent;
import dev.lapse.review.KubernetesReviews;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Carries one grant's actions out on the API server, every write fenced by UID or resourceVersion. */
final class KubernetesGrantEffects implements GrantEffects {
    private final Tools tools;
    private final KubernetesTokenSteps token;
    private final KubernetesRemovalProof removal;
    private final boolean gone;
    private PrivilegeGrant grant;

    /**
     * What every grant is worked on with.
     *
     * @param rules reads the role of a grant with its rules
     * @param bindingRemoved is told the UID of the grant whose binding went
     * @param goneOrGoing true if a binding is deleted, or is being deleted by the lane
     */
    record Tools(
            KubernetesGrantObjects objects,
            KubernetesStatusWriter<PrivilegeGrant, PrivilegeGrantSpec, PrivilegeGrantStatus> status,
            CredentialEffects credentials,
            KubernetesWrites writes,
            RecentAnswers answers,
            KubernetesFreshness freshness,
            ActivationRights rights,
            Function<GrantFacts, RoleFacts> rules,
            KubernetesDuties duties,
            KubernetesBindings bindings,
            KubernetesReviews reviews,
            KubernetesMemory memory,
            KubernetesOwedReviews owed,
            GrantJournal journal,
            Consumer<String> bindingRemoved,
            Predicate<NamedBinding> goneOrGoing) {}

    /**
     * @param mayAsk whether so many questions may be asked now, or have to wait because others end
     * @param gone whether the grant's object is gone: what has its name now, if anything, is another grant
     */
    KubernetesGrantEffects(Tools tools, IntPredicate mayAsk, boolean gone, PrivilegeGrant grant) {
        this.tools = tools;
        this.token = new KubernetesTokenSteps(tools.credentials(), tools.objects(), tools.journal());
        this.removal = new KubernetesRemovalProof(mayAsk, tools.rules(), tools.answers(), tools.goneOrGoing());
        this.gone = gone;
        this.grant = grant;
    }

    @Override
    public GrantFacts addFinalizer(GrantFacts facts) {
        remember(tools.writes().addFinalizer(grant, Lapse.FINALIZER, GrantManifests.path(facts.request())));
        return facts.withRequest(facts.request().withHeld(true));
    }

    @Override
    public GrantFacts release(GrantFacts facts) {
        try {
            remember(tools.writes().removeFinalizer(grant, Lapse.FINALIZER, GrantManifests.path(facts.request())));
        } catch (KubernetesClientException failed) {
            if (failed.getCode() != NOT_FOUND) {
                throw failed;
            }
        }
        return facts.withRequest(facts.request().withHeld(false));
    }

    @Override
    public GrantFacts writeStatus(GrantFacts facts, GrantDecision decision, Instant now) {
        PrivilegeGrantStatus before = grant.getStatus();
        if (gone) {
            return facts.withRecord(facts.record().withPhase(decision.phase()));
        }
        try {
            Optional<PrivilegeGrant> written = tools.status().write(grant, report(facts, decision, now));
            if (written.isPresent()) {
                grant = written.get();
                tools.journal().wrote(facts, decision, before, now);
                if (facts.request().breakGlass() && facts.record().activatedAt().isPresent()) {
                    BreakGlass.onRecord(facts, now).ifPresent(tools.owed()::open);
                }
            }
        } catch (KubernetesClientException failed) {
            // A grant that is gone has no status; what it gave must go all the same, and nothing more be given.
            if (failed.getCode() != NOT_FOUND || !facts.request().deleting()) {
                throw failed;
            }
        }
        return facts.withRecord(facts.record().withPhase(decision.phase()));
    }

    @Override
    public GrantFacts fence(GrantFacts facts, GrantDecision decision, Instant now) {
        if (!gone) {
            grant = tools.status().fence(grant, report(facts, decision, now));
        }
        return facts;
    }

    private PrivilegeGrantStatus report(GrantFacts facts, GrantDecision decision, Instant now) {
        return GrantStatusReport.of(facts, decision, grant.getStatus(), now);
    }

    @Override
    public GrantFacts confirmFreshness(GrantFacts facts) {
        return facts.withUpToDate(tools.freshness().upToDate(facts));
    }

    @Override
    public GrantFacts askEntitlement(GrantFacts facts) {
        return facts.withEntitlement(tools.rights().ask(facts));
    }

    @Override
    public GrantFacts askDuties(GrantFacts facts, Instant now) {
        return facts.withDuties(tools.duties().ask(facts, now));
    }

    @Override
    public GrantFacts remember(GrantFacts facts, Remembered what, Instant now) {
        tools.memory().remember(what, now);
        return facts.withMemory(tools.memory().of(facts.request().namespace()));
    }

    @Override
    public GrantFacts askInsiders(GrantFacts facts, List<String> accounts, Instant now) {
        GrantFacts known = facts;
        for (String account : accounts) {
            InsidersWhenAsked found = Insiders.of(
                    tools.bindings().reaching(Insiders.home(account)), account, now.truncatedTo(ChronoUnit.SECONDS));
            known = known.withRecord(known.record().withInsiders(found));
        }
        return known;
    }

    @Override
    public GrantFacts openReview(GrantFacts facts, RequestReview review) {
        tools.reviews().open(GrantManifests.review(facts.request(), review.name(), review.spec()));
        return facts.withConsent(Optional.of(Consent.opened(review.name(), review.spec())));
    }

    @Override
    public GrantFacts takeOnDebt(GrantFacts facts, BreakGlassDebt debt, Duration maxTotal, Instant now) {
        return facts.withMemory(tools.memory()
                .rememberIf(
                        debt,
                        known -> BreakGlassRules.of(known, debt, maxTotal, now).isEmpty(),
                        now));
    }

    @Override
    public GrantFacts createAccount(GrantFacts facts, GrantObject account) {
        return tools.objects()
                .createAccount(facts.request(), account)
                .map(uid -> facts.made(account, uid))
                .orElseGet(() -> facts.taken(account));
    }

    @Override
    public GrantFacts reserveSecret(GrantFacts facts, GrantObject secret) {
        return tools.objects()
                .reserveSecret(facts.request(), secret)
                .map(uid -> facts.reserved(secret, uid))
                .orElseGet(() -> facts.left(secret));
    }

    @Override
    public GrantFacts issueToken(GrantFacts facts, Duration lifetime, Instant now) {
        return token.issue(facts, lifetime, now);
    }

    @Override
    public GrantFacts deliverToken(GrantFacts facts, GrantObject secret) {
        return token.deliver(facts, secret);
    }

    @Override
    public GrantFacts bind(GrantFacts facts, GrantObject binding) {
        Resolved resolved = facts.record().resolved().orElseThrow();
        return tools.objects()
                .createGiving(facts.request(), binding, resolved)
                .map(made -> facts.made(binding, made))
                .orElseGet(() -> facts.taken(binding));
    }

    @Override
    public GrantFacts remove(GrantFacts facts, ObservedObject observed) {
        boolean gone = tools.objects().remove(facts.request(), observed.object(), observed.ownUid());
        if (observed.object().kind().binding()) {
            tools.bindingRemoved().accept(facts.request().uid());
        }
        return facts.removed(observed.object(), gone);
    }

    @Override
    public GrantFacts verifyRemoval(GrantFacts facts) {
        return removal.verify(facts);
    }

    @Override
    public boolean answered(RuntimeException failed) {
        return KubernetesFailure.answered(failed);
    }

    @Override
    public Optional<String> explain(RuntimeException failed) {
        return KubernetesStepFailure.explain(failed);
    }

    /** What the API server answered with is what the next write of this pass builds on. */
    private void remember(PrivilegeGrant fresh) {
        tools.status().remember(fresh, grant);
        grant = fresh;
    }
}
