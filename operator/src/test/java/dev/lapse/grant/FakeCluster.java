package dev.lapse.grant;

import dev.lapse.access.Entitlement;
import dev.lapse.access.ResidualAccess;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.api.v1alpha1.StatusSchema;
import dev.lapse.credential.MintedToken;
import dev.lapse.grant.begin.GrantManifests;
import dev.lapse.grant.begin.KubernetesGrantObjects;
import dev.lapse.grant.request.RequestReview;
import dev.lapse.grant.tell.GrantStatusReport;
import dev.lapse.memory.BreakGlassDebt;
import dev.lapse.memory.Recollection;
import dev.lapse.memory.Remembered;
import dev.lapse.review.BreakGlassRules;
import dev.lapse.review.Consent;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in memory that does to one grant what the API server would: it refuses what exists already, deletes by UID,
 * takes no status beyond the schema, and can cut the operator off before or after any write.
 */
public final class FakeCluster implements GrantEffects {
    private static final StatusSchema SCHEMA = StatusSchema.ofGrants();
    static final String SUBJECT_UID = "subject-uid";

    /** How a write is cut off. */
    public enum Cut {
        /** It is refused. */
        Refused,
        /** It is done, and the answer is lost. */
        AnswerLost,
        /** The operator dies before it. */
        KilledBefore,
        /** The operator dies after it. */
        KilledAfter
    }

    /** The API server refused. */
    static class NotDone extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final boolean conflict;

        NotDone(String message, boolean conflict) {
            super(message);
            this.conflict = conflict;
        }
    }

    /** Nobody knows. */
    public static final class AnswerLost extends NotDone {
        private static final long serialVersionUID = 1L;

        AnswerLost(String what) {
            super("the answer to " + what + " is lost", false);
        }
    }

    /** The process is gone. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    public final FakeObjects objects = new FakeObjects();
    /** What was written, in order. */
    public final List<String> writes = new ArrayList<>();

    Entitlement.Outcome entitlement = new Entitlement.Entitled();
    /** What else allows what a grant allowed. */
    List<String> residual = List.of();

    boolean upToDate = true;

    /** As namespace/name. */
    final Set<String> undeletable = new TreeSet<>();

    boolean accessReviewsAnswered = true;
    boolean bindingsAnswered = true;
    Duration longestToken = Duration.ofDays(365);

    @Nullable
    public PrivilegeGrantStatus status;

    /** By the name of the review. */
    final Map<String, Consent> consents = new TreeMap<>();

    public DutyFinding.Answer duties = DutyFinding.Answer.Separate;
    /** What conflicts and is waived. */
    public List<DutyFinding.Waived> waived = List.of();

    public int asked;

    /** It outlives the grant. */
    Recollection memory = Recollection.nothing("payments");

    private @Nullable Recollection unread;
    boolean kept;
    boolean held;
    private int cutAt = -1;
    private Cut cut = Cut.Refused;
    private int written;

    /** The {@code nth} write from now on is cut off, the first being 0. */
    public void cut(int nth, Cut how) {
        cutAt = written + nth;
        cut = how;
    }

    void undisturbed() {
        cutAt = -1;
    }

    boolean wasCut() {
        return cutAt >= 0 && written > cutAt;
    }

    private <T> T write(String what, Supplier<T> change) {
        boolean now = written++ == cutAt;
        if (now && cut == Cut.KilledBefore) {
            throw new Killed();
        }
        if (now && cut == Cut.Refused) {
            throw new NotDone(what + " is refused", false);
        }
        writes.add(what);
        T result = change.get();
        if (now && cut == Cut.KilledAfter) {
            throw new Killed();
        }
        if (now) {
            throw new AnswerLost(what);
        }
        return result;
    }

    @Override
    public GrantFacts addFinalizer(GrantFacts facts) {
        write("addFinalizer", () -> held = true);
        return facts.withRequest(facts.request().withHeld(true));
    }

    @Override
    public GrantFacts release(GrantFacts facts) {
        write("release", () -> held = false);
        return facts.withRequest(facts.request().withHeld(false));
    }

    @Override
    public GrantFacts writeStatus(GrantFacts facts, GrantDecision decision, Instant now) {
        PrivilegeGrantStatus after = GrantStatusReport.of(facts, decision, status, now);
        if (!after.equals(status)) {
            List<String> refusals = SCHEMA.refusals(after);
            if (!refusals.isEmpty()) {
                throw new AssertionError("the API server would refuse this status: " + refusals);
            }
            write("status " + after.phase(), () -> status = StatusSchema.readBack(after, PrivilegeGrantStatus.class));
        }
        return facts.withRecord(facts.record().withPhase(decision.phase()));
    }

    /** There are no versions here: what is written counts. */
    @Override
    public GrantFacts fence(GrantFacts facts, GrantDecision decision, Instant now) {
        return writeStatus(facts, decision, now);
    }

    @Override
    public GrantFacts confirmFreshness(GrantFacts facts) {
        return facts.withUpToDate(upToDate);
    }

    @Override
    public GrantFacts askEntitlement(GrantFacts facts) {
        return facts.withEntitlement(entitlement);
    }

    @Override
    public GrantFacts askDuties(GrantFacts facts, Instant now) {
        asked++;
        return facts.withDuties(new DutyFinding(
                duties, "the duties are in question", facts.record().announced(), waived));
    }

    @Override
    public GrantFacts remember(GrantFacts facts, Remembered what, Instant now) {
        write("remember", () -> memory = memory.with(what, now));
        return facts.withMemory(memory);
    }

    @Override
    public GrantFacts askInsiders(GrantFacts facts, List<String> accounts, Instant now) {
        if (!bindingsAnswered) {
            throw new NotDone("bindings could not be listed", false);
        }
        return facts.withRecord(facts.record()
                .withInsiders(new InsidersWhenAsked(now.truncatedTo(ChronoUnit.SECONDS), accounts, true, List.of())));
    }

    @Override
    public GrantFacts openReview(GrantFacts facts, RequestReview review) {
        write("open review", () -> consents.putIfAbsent(review.name(), Consent.opened(review.name(), review.spec())));
        return facts.withConsent(Optional.ofNullable(consents.get(review.name())));
    }

    @Override
    public GrantFacts takeOnDebt(GrantFacts facts, BreakGlassDebt debt, Duration maxTotal, Instant now) {
        return BreakGlassRules.of(memory, debt, maxTotal, now).isEmpty()
                ? remember(facts, debt, now)
                : facts.withMemory(memory);
    }

    List<BreakGlassDebt> debts() {
        return (unread == null ? memory : unread).all(BreakGlassDebt.class, Instant.EPOCH);
    }

    void memoryIsLost() {
        if (memory.readable()) {
            unread = memory;
            memory = Recollection.unreadable("payments", "it is gone");
        }
    }

    void memoryIsBack() {
        memory = unread == null ? memory : unread;
        unread = null;
    }

    void reviewedAway() {
        memoryIsBack();
        debts().forEach(debt -> memory = memory.with(debt.withRevokedBy("ada"), Instant.EPOCH));
    }

    void keep() {
        memoryIsBack();
        debts().forEach(debt -> {
            kept = true;
            memory = memory.without(debt, Instant.EPOCH);
        });
    }

    @Override
    public GrantFacts createAccount(GrantFacts facts, GrantObject account) {
        Optional<HasMetadata> there = objects.at(account);
        if (there.isEmpty()) {
            return facts.made(account, make(account, GrantManifests.account(facts.request(), account)));
        }
        if (!GrantManifests.isOf(there.get(), facts.request().uid())) {
            return facts.taken(account);
        }
        objects.show(account);
        throw new NotDone("the account exists", true);
    }

    @Override
    public GrantFacts reserveSecret(GrantFacts facts, GrantObject secret) {
        Optional<HasMetadata> there = objects.at(secret);
        if (there.isEmpty()) {
            return facts.reserved(secret, make(secret, GrantManifests.secret(facts.request(), secret, Map.of())));
        }
        return facts.left(secret);
    }

    @Override
    public GrantFacts issueToken(GrantFacts facts, Duration lifetime, Instant now) {
        Resolved resolved = facts.record().resolved().orElseThrow();
        GrantObject secret = facts.record().secret().orElseThrow();
        boolean dedicated = resolved.principal() == PrincipalType.Dedicated;
        if (!dedicated && !objects.uidAt(secret).equals(Optional.ofNullable(secret.uid()))) {
            return facts.secretGone(secret);
        }
        String accountUid = dedicated
                ? objects.uidAt(account(facts)).orElseThrow(() -> new NotDone("there is no account", false))
                : SUBJECT_UID;
        Instant expiresAt = now.plus(lifetime.compareTo(longestToken) > 0 ? longestToken : lifetime);
        FakeObjects.Token token = write(
                "token",
                () -> objects.issue(accountUid, dedicated ? Optional.empty() : objects.uidAt(secret), expiresAt));
        return facts.issued(new MintedToken(
                "secret of " + token.id(),
                token.id(),
                now.truncatedTo(ChronoUnit.SECONDS),
                expiresAt.truncatedTo(ChronoUnit.SECONDS)));
    }

    @Override
    public GrantFacts deliverToken(GrantFacts facts, GrantObject secret) {
        String token = facts.token().orElseThrow().id();
        Optional<HasMetadata> there = objects.at(secret);
        if (secret.uid() != null && there.isEmpty()) {
            return facts.secretGone(secret);
        }
        if (there.isPresent() && !isCredential(there.get())) {
            return facts.taken(secret);
        }
        String uid = write("deliver", () -> {
            String made = objects.uidAt(secret)
                    .orElseGet(() -> objects.put(secret, GrantManifests.secret(facts.request(), secret, Map.of())));
            objects.deliver(made, token);
            return made;
        });
        return facts.delivered(secret, uid);
    }

    @Override
    public GrantFacts bind(GrantFacts facts, GrantObject binding) {
        Resolved resolved = facts.record().resolved().orElseThrow();
        Optional<HasMetadata> there = objects.at(binding);
        if (there.isEmpty()) {
            return facts.made(binding, make(binding, GrantManifests.giving(facts.request(), binding, resolved)));
        }
        if (!GrantManifests.isOf(there.get(), facts.request().uid())) {
            return facts.taken(binding);
        }
        if (!GrantManifests.gives(there.get(), facts.request(), binding, resolved)) {
            delete(binding);
            throw new NotDone("the binding existed and gave something else", true);
        }
        objects.show(binding);
        return facts.made(binding, there.get().getMetadata().getUid());
    }

    @Override
    public GrantFacts remove(GrantFacts facts, ObservedObject observed) {
        return facts.removed(observed.object(), remove(facts.request(), observed));
    }

    /** As {@link KubernetesGrantObjects} does it: by UID, and without one, or if that is another, by what is there. */
    boolean remove(GrantRequest request, ObservedObject observed) {
        GrantObject object = observed.object();
        Optional<HasMetadata> there = objects.at(object);
        if (there.isEmpty()) {
            objects.show(object);
            return true;
        }
        boolean named =
                observed.ownUid().equals(Optional.of(there.get().getMetadata().getUid()));
        boolean ours = there.get() instanceof Secret
                ? isCredential(there.get())
                : GrantManifests.isOf(there.get(), request.uid());
        if (!named && !ours) {
            return false;
        }
        delete(object);
        return true;
    }

    @Override
    public GrantFacts verifyRemoval(GrantFacts facts) {
        return facts.withVerification(new ResidualAccess(1, 1, residual, !accessReviewsAnswered));
    }

    @Override
    public boolean answered(RuntimeException failed) {
        return !(failed instanceof AnswerLost);
    }

    @Override
    public Optional<String> explain(RuntimeException failed) {
        return failed instanceof NotDone refused && refused.conflict
                ? Optional.empty()
                : Optional.of(String.valueOf(failed.getMessage()));
    }

    private String make(GrantObject where, HasMetadata object) {
        String uid = write("create " + where.kind(), () -> objects.put(where, object));
        objects.show(where);
        return uid;
    }

    private void delete(GrantObject where) {
        if (undeletable.contains(where.namespace() + "/" + where.name())) {
            throw new NotDone("a webhook refuses to delete " + where.namespace() + "/" + where.name(), false);
        }
        write("delete " + where.kind(), () -> {
            objects.remove(where);
            return true;
        });
        objects.show(where);
    }

    private static boolean isCredential(HasMetadata secret) {
        return secret instanceof Secret found && GrantManifests.SECRET_TYPE.equals(found.getType());
    }

    private static GrantObject account(GrantFacts facts) {
        return new GrantObject(
                ObjectKind.ServiceAccount,
                Lapse.PRINCIPALS_NAMESPACE,
                GrantPlan.objectName(facts.request().uid()),
                null,
                ObjectState.Creating);
    }
}
