package dev.lapse.grant;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessVerification;
import dev.lapse.access.Author;
import dev.lapse.access.Entitlement;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.cluster.KubernetesWrites;
import dev.lapse.credential.KubernetesTokens;
import dev.lapse.credential.MintedToken;
import dev.lapse.credential.TokenSchedule;
import dev.lapse.grant.ObservedObject.Sight;
import dev.lapse.identity.EntryFacts;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Carries one grant's actions out on the API server, every write fenced by UID or resourceVersion. */
final class KubernetesGrantEffects implements GrantEffects {
    /** So many permissions are asked in each namespace after an end: every rule, and of large roles a sample. */
    private static final int MOST_QUESTIONS = 64;

    private static final int NOT_FOUND = 404;

    private final KubernetesGrantObjects objects;
    private final KubernetesTokens tokens;
    private final KubernetesWrites writes;
    private final AccessOracle oracle;
    private final GrantJournal journal;
    private final StatusSeal seal;
    private final Consumer<String> bindingRemoved;
    private PrivilegeGrant grant;

    KubernetesGrantEffects(
            KubernetesGrantObjects objects,
            KubernetesTokens tokens,
            KubernetesWrites writes,
            AccessOracle oracle,
            GrantJournal journal,
            StatusSeal seal,
            Consumer<String> bindingRemoved,
            PrivilegeGrant grant) {
        this.objects = objects;
        this.tokens = tokens;
        this.writes = writes;
        this.oracle = oracle;
        this.journal = journal;
        this.seal = seal;
        this.bindingRemoved = bindingRemoved;
        this.grant = grant;
    }

    @Override
    public GrantFacts hold(GrantFacts facts) {
        remember(writes.addFinalizer(grant, Lapse.FINALIZER, GrantManifests.path(facts.request())));
        return facts.withRequest(facts.request().withHeld(true));
    }

    @Override
    public GrantFacts release(GrantFacts facts) {
        try {
            remember(writes.removeFinalizer(grant, Lapse.FINALIZER, GrantManifests.path(facts.request())));
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
        PrivilegeGrantStatus after = seal.on(
                GrantStatusReport.of(facts, decision, before, now),
                facts.request().uid());
        if (!after.equals(before)) {
            try {
                PrivilegeGrant fresh = new PrivilegeGrant();
                fresh.setMetadata(grant.getMetadata());
                fresh.setSpec(grant.getSpec());
                fresh.setStatus(after);
                remember(objects.updateStatus(fresh));
                journal.wrote(facts, decision, before);
            } catch (KubernetesClientException failed) {
                // A grant that is gone has no status; what it gave must go all the same.
                if (failed.getCode() != NOT_FOUND) {
                    throw failed;
                }
            }
        }
        return facts.withRecord(facts.record().withPhase(decision.phase()));
    }

    @Override
    public GrantFacts askEntitlement(GrantFacts facts) {
        EntryFacts entry = facts.identity()
                .flatMap(identity -> identity.entry(facts.request().privilege()))
                .orElseThrow();
        return facts.withEntitlement(Entitlement.couldBind(
                Author.of(entry.author().orElseThrow(), entry.authorGroups()),
                entry.role(),
                facts.role()::rulesIn,
                GrantPlan.namespaces(facts.request(), entry),
                oracle));
    }

    @Override
    public GrantFacts createAccount(GrantFacts facts, GrantObject account) {
        String uid = objects.createAccount(GrantManifests.account(facts.request(), account));
        return facts.withObject(present(account, uid), Sight.Correct);
    }

    @Override
    public GrantFacts reserveSecret(GrantFacts facts, GrantObject secret) {
        Optional<String> uid = objects.reserveSecret(facts.request(), secret);
        return uid.map(made -> facts.withObject(
                        new GrantObject(secret.kind(), secret.namespace(), secret.name(), made, ObjectState.Creating),
                        Sight.Hidden))
                .orElseGet(() -> facts.withObject(secret, Sight.Foreign));
    }

    @Override
    public GrantFacts issueToken(GrantFacts facts, Duration lifetime, Instant now) {
        Resolved resolved = facts.record().resolved().orElseThrow();
        Optional<KubernetesTokens.Bound> bound = Optional.empty();
        String namespace = Lapse.PRINCIPALS_NAMESPACE;
        String account = GrantPlan.objectName(facts.request().uid());
        if (resolved.principal() == PrincipalType.Subject) {
            GrantObject secret = facts.objects().stream()
                    .map(ObservedObject::object)
                    .filter(object -> object.kind() == ObjectKind.Secret)
                    .findFirst()
                    .orElseThrow();
            bound = Optional.of(new KubernetesTokens.Bound(secret.name(), String.valueOf(secret.uid())));
            namespace = facts.request().namespace();
            account = facts.identity()
                    .flatMap(identity -> identity.subject().serviceAccount())
                    .orElseThrow();
        }
        MintedToken token = tokens.issue(
                new KubernetesTokens.Wish(
                        namespace, account, bound, facts.request().audiences(), lifetime),
                now);
        journal.issued(facts);
        return facts.withToken(Optional.of(token));
    }

    @Override
    public GrantFacts deliverToken(GrantFacts facts, GrantObject secret) {
        MintedToken token = facts.token().orElseThrow();
        Optional<String> uid = objects.deliver(
                facts.request(),
                secret,
                tokens.content(
                        token,
                        facts.request().namespace(),
                        kubeconfigNamespace(facts),
                        facts.request().audiences(),
                        facts.request().encryptTo()));
        if (uid.isEmpty()) {
            return facts.withToken(Optional.empty()).withObject(secret, Sight.Foreign);
        }
        Dies dies = TokenSchedule.diesByItself(
                        token.expiresAt(), facts.record().expiresAt().orElseThrow())
                ? Dies.ByItself
                : Dies.ByOperator;
        return facts.withToken(Optional.empty())
                .withObject(present(secret, uid.get()), Sight.Hidden)
                .withCredential(new IssuedCredential(token.id(), token.issuedAt(), token.expiresAt()), dies);
    }

    private static String kubeconfigNamespace(GrantFacts facts) {
        List<String> namespaces = facts.record().resolved().orElseThrow().namespaces();
        return namespaces.isEmpty() ? facts.request().namespace() : namespaces.get(0);
    }

    @Override
    public GrantFacts bind(GrantFacts facts, GrantObject binding) {
        Resolved resolved = facts.record().resolved().orElseThrow();
        Optional<String> uid = binding.kind() == ObjectKind.RoleBinding
                ? objects.createBinding(
                        facts.request(), GrantManifests.roleBinding(facts.request(), binding, resolved), resolved)
                : objects.createBinding(
                        facts.request(),
                        GrantManifests.clusterRoleBinding(facts.request(), binding, resolved),
                        resolved);
        return uid.map(made -> facts.withObject(present(binding, made), Sight.Correct))
                .orElseGet(() -> facts.withObject(binding, Sight.Foreign));
    }

    @Override
    public GrantFacts remove(GrantFacts facts, ObservedObject observed) {
        GrantObject object = observed.object();
        boolean gone = objects.remove(object, observed.seenUid());
        boolean ending = facts.record().end().isPresent();
        GrantObject after = new GrantObject(
                object.kind(),
                object.namespace(),
                object.name(),
                ending ? object.uid() : null,
                ending ? ObjectState.Gone : ObjectState.Creating);
        GrantFacts then = facts.withObject(after, gone ? Sight.Absent : Sight.Foreign);
        if (!object.kind().binding()) {
            return then;
        }
        // The lane's note, if there is one, was early: there still was a binding.
        bindingRemoved.accept(facts.request().uid());
        return then.withoutBindingsGoneAt();
    }

    @Override
    public GrantFacts verifyRemoval(GrantFacts facts) {
        Resolved resolved = facts.record().resolved().orElseThrow();
        return facts.withVerification(AccessVerification.check(
                Author.of(resolved.principalName(), List.of()),
                facts.role().allRules(),
                resolved.namespaces(),
                MOST_QUESTIONS,
                oracle));
    }

    /** What the API server answered with is what the next write of this pass builds on. */
    private void remember(PrivilegeGrant fresh) {
        grant = objects.remember(fresh, grant);
    }

    private static GrantObject present(GrantObject object, String uid) {
        return new GrantObject(object.kind(), object.namespace(), object.name(), uid, ObjectState.Present);
    }
}
