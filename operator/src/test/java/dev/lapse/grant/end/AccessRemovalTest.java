package dev.lapse.grant.end;

import static dev.lapse.grant.Scene.GRANT_UID;
import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.grant.GrantDue;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantKey;
import dev.lapse.grant.GrantLife;
import dev.lapse.grant.GrantRecord;
import dev.lapse.grant.GrantRequest;
import dev.lapse.grant.ObservedObject;
import dev.lapse.grant.Scene;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.RoleFacts;
import dev.lapse.lane.Looked;
import dev.lapse.lane.Looked.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the informers tell ends a grant whatever becomes of a question about its role; what the rules tell comes last. */
class AccessRemovalTest {
    private static final Instant KNOWN = NOW.plus(Duration.ofMinutes(30));
    private static final GrantDue SUSPECTED = GrantDue.of(KNOWN, GRANT_UID, new GrantKey("payments", "g1"));

    private final GrantLife life = GrantLife.of(Scene.inOrder()).settle().after(Duration.ofMinutes(31));
    private final EndingNotes notes = new EndingNotes();
    private final List<GrantObject> removed = new ArrayList<>();
    private final List<GrantDue> asked = new ArrayList<>();
    private final List<GrantDue> again = new ArrayList<>();
    private boolean everythingKnown = true;
    private boolean rulesKnown;
    private boolean refused;
    private int read;
    private final AccessRemoval removal = new AccessRemoval(
            due -> Optional.of(life.scene.grantResource()),
            grant -> false,
            () -> everythingKnown,
            new Reader(),
            (request, object, uid) -> removed.add(object),
            () -> life.now,
            notes,
            asked::add,
            again::add);

    /** Shows the life as it is, and the rules of its role only if they are known. */
    private final class Reader implements GrantReader {
        @Override
        public GuardState guard() {
            return Scene.GUARD;
        }

        @Override
        public GrantRequest request(PrivilegeGrant grant, boolean gone) {
            return life.scene.request();
        }

        @Override
        public GrantRecord record(PrivilegeGrant grant, Instant now) {
            GrantRecord record = GrantRecord.of(life.cluster.status);
            return notes.end(GRANT_UID).map(record::withEnd).orElse(record);
        }

        @Override
        public GrantFacts outline(PrivilegeGrant grant, boolean gone, Instant now) {
            GrantFacts facts = life.observe().withRecord(record(grant, now));
            return rulesKnown ? facts : facts.withRole(unread(facts.role()));
        }

        @Override
        public RoleFacts rules(GrantFacts facts) {
            read++;
            if (refused) {
                throw new IllegalStateException("roles cannot be listed");
            }
            return life.observe().role();
        }

        @Override
        public ObservedObject look(GrantRequest request, GrantRecord record, GrantObject object) {
            return life.cluster.objects.observe(object, record, request);
        }
    }

    private static RoleFacts unread(RoleFacts role) {
        return role.places().isEmpty()
                ? role
                : new RoleFacts(Map.of("", RoleFacts.Seen.unread(role.uids().get(0))), List.of(""));
    }

    private static Arguments cause(EndCause cause, Consumer<GrantLife> happens) {
        return Arguments.of(cause, happens);
    }

    private static Stream<Arguments> toldByInformers() {
        return Stream.of(
                cause(EndCause.Revoked, life -> life.scene.grant("revoked", "true")),
                cause(EndCause.Deleted, life -> life.scene.grantMetadata("deletionTimestamp", NOW.toString())),
                cause(EndCause.IdentityGone, life -> life.scene.withoutIdentity()),
                cause(EndCause.IdentitySuspended, life -> life.scene.identity("state", "Suspended")),
                cause(EndCause.IdentityRetired, life -> life.scene.identity("state", "Retired")),
                cause(EndCause.OwnerLost, life -> life.scene.identity("owner", "")),
                cause(EndCause.SubjectGone, life -> life.scene.subjectUid(null)),
                cause(EndCause.EligibilityLost, life -> life.scene.entry("name", "other")),
                cause(EndCause.RoleGone, life -> life.scene.withoutRole()),
                cause(EndCause.NamespaceGone, life -> life.scene.recreated("payments")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("toldByInformers")
    void endsWithoutTheRulesOfTheRole(EndCause cause, Consumer<GrantLife> happens) {
        refused = true;
        happens.accept(life);

        Looked looked = removal.look(SUSPECTED);

        assertThat(looked).isEqualTo(Looked.GONE);
        assertThat(removed).isNotEmpty().allMatch(object -> object.kind().binding());
        assertThat(notes.end(GRANT_UID)).map(End::cause).contains(cause);
        assertThat(read).isZero();
        assertThat(asked).isEmpty();
    }

    @Test
    void leavesItToOthersToAskForRulesThatAreNotKnown() {
        Looked looked = removal.look(SUSPECTED);

        assertThat(looked).isEqualTo(Looked.askedElsewhere(Optional.of(life.expiresAt())));
        assertThat(asked).containsExactly(SUSPECTED);
        assertThat(read).isZero();
        assertThat(removed).isEmpty();
    }

    @Test
    void judgesByRulesThatAreKnownAtOnce() {
        rulesKnown = true;
        assertThat(removal.look(SUSPECTED)).isEqualTo(Looked.goesOn(Optional.of(life.expiresAt())));

        life.scene.rules(Scene.rule("*", "", "pods"));
        Looked looked = removal.look(SUSPECTED);

        assertThat(looked).isEqualTo(Looked.GONE);
        assertThat(removed).isNotEmpty();
        assertThat(notes.end(GRANT_UID)).map(End::cause).contains(EndCause.RoleWidened);
        assertThat(asked).isEmpty();
    }

    /** Whoever reads the rules only finds the cause, as of when something was known that may end the grant. */
    @Test
    void takesAwayWhatTheRulesEndOnceTheyAreRead() {
        life.scene.rules(Scene.rule("*", "", "pods"));

        assertThat(removal.judgeByRules(SUSPECTED)).isEqualTo(Looked.GONE);
        assertThat(again).containsExactly(SUSPECTED);
        assertThat(removed).isEmpty();

        assertThat(removal.look(SUSPECTED)).isEqualTo(Looked.GONE);
        assertThat(removed).isNotEmpty();
        End end = notes.end(GRANT_UID).orElseThrow();
        assertThat(end.cause()).isEqualTo(EndCause.RoleWidened);
        assertThat(end.dueAt()).isEqualTo(KNOWN);
    }

    @Test
    void goesOnIfTheRulesSaySo() {
        assertThat(removal.judgeByRules(SUSPECTED).outcome()).isEqualTo(Outcome.GoesOn);
        assertThat(notes.ending(GRANT_UID)).isFalse();
        assertThat(again).isEmpty();
    }

    @Test
    void aRoleThatCannotBeReadEndsNothingAndIsAskedForAgain() {
        refused = true;
        life.scene.rules(Scene.rule("*", "", "pods"));

        assertThat(removal.judgeByRules(SUSPECTED)).isEqualTo(Looked.FAILED);
        assertThat(notes.ending(GRANT_UID)).isFalse();
        assertThat(again).isEmpty();
    }

    @Test
    void endsForNothingOutsideTheGrantWhileNotEverythingIsKnown() {
        everythingKnown = false;
        life.scene.identity("state", "Suspended");

        assertThat(removal.look(SUSPECTED)).isEqualTo(Looked.goesOn(Optional.of(life.expiresAt())));
        assertThat(removed).isEmpty();
    }
}
