package dev.lapse.grant;

import dev.lapse.access.Entitlement;
import dev.lapse.access.OperatorBounds;
import dev.lapse.access.ResidualAccess;
import dev.lapse.api.v1alpha1.BuiltByName;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.credential.MintedToken;
import dev.lapse.guard.GuardParameters.ApplierLimit;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.RoleFacts;
import dev.lapse.identity.Vouching;
import dev.lapse.identity.WaiverFacts;
import dev.lapse.memory.Holds;
import dev.lapse.memory.Recollection;
import dev.lapse.review.Consent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything a decision about a grant is made from.
 *
 * @param namespaces each namespace the grant would reach, and its own
 * @param entryNameProved whether the guard stood when the entry was written
 * @param applierLimit the limits of the applier that wrote the entry, if one did
 * @param bounds where the operator gives nothing
 * @param vouching what people said of an entry beyond these limits; absent if it is not, or is not looked at
 * @param entitlement whether the entry's author could bind the role; absent until it was asked in this pass
 * @param verification what access is left; absent until it was asked in this pass
 * @param token issued in this pass and not delivered yet
 * @param bindingsGoneAt when the expiry lane, or this pass, saw the last binding go
 * @param consent the review of this very request, if it was opened
 * @param duties whether it may be held together with what else is held; absent until it was asked in this pass
 * @param waivers of conflicts of duties that the grant may rest on, as far as nobody had to be asked
 * @param memory what is remembered about the objects of its namespace
 * @param crowd how many grants give access where it would too
 * @param clockProblem why the time is not known well enough to grant anything; empty if it is
 * @param upToDate whether the informers show what the API server has; absent until it was asked in this pass
 */
@BuiltByName
public record GrantFacts(
        GrantRequest request,
        GrantRecord record,
        Optional<IdentityFacts> identity,
        Map<String, SeenNamespace> namespaces,
        RoleFacts role,
        GuardState guard,
        boolean entryNameProved,
        Optional<ApplierLimit> applierLimit,
        OperatorBounds bounds,
        Optional<Vouching> vouching,
        List<ObservedObject> objects,
        Optional<Entitlement.Outcome> entitlement,
        Optional<ResidualAccess> verification,
        Optional<MintedToken> token,
        Optional<Instant> bindingsGoneAt,
        Optional<Consent> consent,
        Optional<DutyFinding> duties,
        List<WaiverFacts> waivers,
        Recollection memory,
        Crowd crowd,
        Optional<Boolean> upToDate,
        Optional<String> clockProblem) {

    public enum NamespaceState {
        Live,
        Terminating,
        Absent
    }

    /** What was granted; only of a grant whose end is announced. */
    public Resolved resolved() {
        return record.resolved().orElseThrow();
    }

    public GrantFacts withRole(RoleFacts now) {
        return copy().role(now).build();
    }

    GrantFacts withWaivers(List<WaiverFacts> now) {
        return copy().waivers(List.copyOf(now)).build();
    }

    GrantFacts withRequest(GrantRequest now) {
        return copy().request(now).build();
    }

    /** What is seen of an object stays as it was; of one that is new in the record nothing was seen yet. */
    public GrantFacts withRecord(GrantRecord now) {
        return copy().record(now)
                .objects(now.objects().stream().map(this::seen).toList())
                .build();
    }

    private ObservedObject seen(GrantObject object) {
        return objects.stream()
                .filter(each -> same(each.object(), object))
                .findFirst()
                .map(each -> each.withFound(object, each.found()))
                .orElseGet(() -> new ObservedObject(
                        object,
                        object.kind() == ObjectKind.Secret ? ObservedObject.Found.Hidden : ObservedObject.Found.Absent,
                        Optional.ofNullable(object.uid())));
    }

    private static boolean same(GrantObject one, GrantObject other) {
        return one.kind() == other.kind()
                && one.name().equals(other.name())
                && Objects.equals(one.namespace(), other.namespace());
    }

    GrantFacts withObjects(List<ObservedObject> now) {
        return copy().objects(List.copyOf(now)).build();
    }

    /** Both the record and what is found of one object after it was made or removed. */
    GrantFacts withObject(GrantObject now, ObservedObject.Found found) {
        GrantFacts recorded = withRecord(record.withObject(now));
        return recorded.withObjects(recorded.objects.stream()
                .map(each -> same(each.object(), now) ? each.withFound(now, found) : each)
                .toList());
    }

    /** The object was made, or found as an earlier attempt had made it. */
    GrantFacts made(GrantObject object, String uid) {
        return withObject(
                object.with(uid, ObjectState.Present),
                object.kind() == ObjectKind.Secret ? ObservedObject.Found.Hidden : ObservedObject.Found.Correct);
    }

    /** Somebody else's object has the name. */
    GrantFacts taken(GrantObject object) {
        return withToken(Optional.empty()).withObject(object, ObservedObject.Found.Foreign);
    }

    /** Something of ours has the name, and the record does not say why. */
    GrantFacts left(GrantObject object) {
        return withObject(object, ObservedObject.Found.Left);
    }

    /** The Secret that a token is to be bound to is there, without content. */
    GrantFacts reserved(GrantObject secret, String uid) {
        return withObject(secret.with(uid, ObjectState.Creating), ObservedObject.Found.Hidden);
    }

    /**
     * A token is in hand. It is on record from here on, whatever becomes of its delivery; and until it is delivered the
     * Secret is not what it should be.
     */
    GrantFacts issued(MintedToken minted) {
        Dies how = request.issuer()
                .delivery()
                .orElseThrow()
                .dies(minted.expiresAt(), record.expiresAt().orElseThrow());
        GrantFacts recorded = withToken(Optional.of(minted))
                .withRecord(record.withCredential(
                        new IssuedCredential(minted.id(), minted.issuedAt(), minted.expiresAt()), how));
        GrantObject secret = record.secret().orElseThrow();
        return recorded.withObject(secret.with(secret.uid(), ObjectState.Creating), ObservedObject.Found.Hidden);
    }

    GrantFacts delivered(GrantObject secret, String uid) {
        return withToken(Optional.empty()).made(secret, uid);
    }

    /** The Secret was deleted by somebody; a token that was bound to it is dead. */
    GrantFacts secretGone(GrantObject secret) {
        boolean bound = record.resolved().orElseThrow().principal() == PrincipalType.Subject;
        GrantFacts without = bound ? withToken(Optional.empty()) : this;
        return without.withObject(secret.with(null, ObjectState.Creating), ObservedObject.Found.Hidden);
    }

    /** @param gone false if what has the name now is somebody else's */
    GrantFacts removed(GrantObject object, boolean gone) {
        boolean ending = record.end().isPresent();
        GrantFacts then = withObject(
                ending ? object.with(object.uid(), ObjectState.Gone) : object.with(null, ObjectState.Creating),
                gone ? ObservedObject.Found.Absent : ObservedObject.Found.Foreign);
        if (object.kind().binding()) {
            // The lane's note, if there is one, was early: there still was a binding.
            return then.withBindingsGoneAt(Optional.empty());
        }
        // What it carried is dead with it, and never had any access: that comes last.
        return ending ? then : then.withRecord(then.record.withoutCredentials());
    }

    GrantFacts withEntitlement(Entitlement.Outcome outcome) {
        return copy().entitlement(Optional.of(outcome)).build();
    }

    GrantFacts withVerification(ResidualAccess found) {
        return copy().verification(Optional.of(found)).build();
    }

    GrantFacts withToken(Optional<MintedToken> now) {
        return copy().token(now).build();
    }

    GrantFacts withBindingsGoneAt(Optional<Instant> at) {
        return copy().bindingsGoneAt(at).build();
    }

    GrantFacts withConsent(Optional<Consent> now) {
        return copy().consent(now).build();
    }

    GrantFacts withVouching(Vouching now) {
        return copy().vouching(Optional.of(now)).build();
    }

    GrantFacts withDuties(DutyFinding found) {
        return copy().duties(Optional.of(found)).build();
    }

    GrantFacts withMemory(Recollection now) {
        return copy().memory(now).build();
    }

    GrantFacts withCrowd(Crowd now) {
        return copy().crowd(now).build();
    }

    GrantFacts withUpToDate(boolean now) {
        return copy().upToDate(Optional.of(now)).build();
    }

    private GrantFactsBuilder copy() {
        return GrantFactsBuilder.builder(this);
    }

    /** What reviews hold back of an identity. */
    public Holds holds(IdentityFacts held, Instant now) {
        return Holds.on(memory, held.name(), held.subject().userName(), now);
    }
}
