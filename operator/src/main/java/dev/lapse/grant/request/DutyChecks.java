package dev.lapse.grant.request;

import static dev.lapse.grant.Obstacle.refuse;

import dev.lapse.access.SeparationOfDuties;
import dev.lapse.access.SeparationOfDuties.Conflict;
import dev.lapse.api.v1alpha1.BuiltByName;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.OwnerSource;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.ResolvedOwner;
import dev.lapse.condition.Reason;
import dev.lapse.grant.DutyFinding;
import dev.lapse.grant.DutyFinding.Clash;
import dev.lapse.grant.GrantAction;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Unasked;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.review.Aliases;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides which grants are held by the same hands, and whether their duties may be. */
final class DutyChecks {
    private static final Duration AFTER_FAILED_LOOKUP = Duration.ofSeconds(10);

    private DutyChecks() {}

    /**
     * What one grant gives or is asked to give.
     *
     * @param namespace of its object
     * @param namespaces empty for the whole cluster
     * @param considered whether it was looked at before, and waits
     * @param begun whether its end is announced, so that it gives access or may at any moment
     */
    @BuiltByName
    record HeldPrivilege(
            String namespace,
            String grant,
            String uid,
            String identity,
            Optional<ResolvedOwner> owner,
            Set<String> duties,
            List<String> namespaces,
            Instant createdAt,
            boolean considered,
            boolean begun) {

        /**
         * Whether it counts against {@code mine}: what has begun always, of two that wait the one that was first. What
         * waits in another namespace does not: whoever may write there names any owner, and nobody has said yet that it
         * may be given.
         */
        boolean countsAgainst(HeldPrivilege mine) {
            return begun || (namespace.equals(mine.namespace) && first(mine));
        }

        /** A creation time is cut to its second: within one, whoever waits already was first. */
        private boolean first(HeldPrivilege other) {
            if (!createdAt.equals(other.createdAt)) {
                return createdAt.isBefore(other.createdAt);
            }
            return considered == other.considered ? uid.compareTo(other.uid) < 0 : considered;
        }

        /** What holds in the whole cluster holds in every namespace. */
        boolean overlaps(HeldPrivilege other) {
            return namespaces.isEmpty()
                    || other.namespaces.isEmpty()
                    || !Collections.disjoint(namespaces, other.namespaces);
        }
    }

    /** Refused rather than left to wait: when the other one will end nobody knows. */
    static Optional<Obstacle> dutiesAreSeparate(GrantFacts facts, Instant now) {
        Optional<DutyFinding> found = facts.duties().filter(finding -> finding.holdsFor(facts.record()));
        if (found.isEmpty()) {
            return Optional.of(new Unasked(new GrantAction.AskDuties()));
        }
        return switch (found.get().answer()) {
            case Separate -> Optional.empty();
            case Conflict -> refuse(Reason.DutiesConflict, found.get().why());
            case Unknown ->
                Optional.of(new Waiting(
                        GrantPhase.Pending,
                        Reason.LookupFailed,
                        found.get().why(),
                        Optional.of(now.plus(AFTER_FAILED_LOOKUP))));
        };
    }

    /** What speaks against {@code mine} in one other grant, conflict by conflict. */
    static List<Clash> against(HeldPrivilege mine, HeldPrivilege other, SeparationOfDuties rules, Aliases aliases) {
        boolean itself = mine.identity().equals(other.identity());
        if (!other.countsAgainst(mine) || !mine.overlaps(other) || !(itself || sameOwner(mine, other, aliases))) {
            return List.of();
        }
        return rules.between(mine.duties(), other.duties()).stream()
                .map(conflict -> Clash.certain(
                        conflict,
                        conflicting(conflict) + ": PrivilegeGrant " + other.grant()
                                + (other.begun() ? " gives one of them" : " was there first and asks for one of them")
                                + (itself
                                        ? " to the same identity"
                                        : " to ServiceIdentity " + other.identity() + ", which has the same owner")
                                + ". Ask again when that one is over, or let an identity of another owner do it"))
                .toList();
    }

    static String conflicting(Conflict conflict) {
        return "nobody holds the duties " + conflict.describe() + " together";
    }

    private static boolean sameOwner(HeldPrivilege mine, HeldPrivilege other, Aliases aliases) {
        if (mine.owner().isEmpty() || other.owner().isEmpty()) {
            return false;
        }
        ResolvedOwner one = mine.owner().get();
        ResolvedOwner two = other.owner().get();
        return one.source() == two.source()
                && (one.source() == OwnerSource.User
                        ? aliases.same(one.name(), two.name())
                        : one.name().equals(two.name()));
    }
}
