package dev.lapse.grant;

import dev.lapse.access.SeparationOfDuties.Conflict;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.UsedWaiver;
import dev.lapse.identity.WaiverFacts;
import java.util.List;

/**
 * Whether what a grant would give may be held together with what is held already.
 *
 * @param why for people, unless it may
 * @param announced whether the end of the grant was announced when it was found out: from then on every other grant that
 *     is looked at sees this one, so of two that look at the same moment one at least gives way
 * @param waived what conflicts, and may be held together all the same
 */
public record DutyFinding(Answer answer, String why, boolean announced, List<Waived> waived) {
    /** No duties are declared. */
    public static final DutyFinding NOTHING_DECLARED = new DutyFinding(Answer.Separate, "", true);

    public DutyFinding(Answer answer, String why, boolean announced) {
        this(answer, why, announced, List.of());
    }

    public enum Answer {
        Separate,
        Conflict,
        Unknown
    }

    /**
     * Something that speaks against a grant.
     *
     * @param known whether it is certain; otherwise {@code why} says what could not be found out
     */
    public record Clash(Conflict conflict, String why, boolean known) {
        public static Clash certain(Conflict conflict, String why) {
            return new Clash(conflict, why, true);
        }
    }

    /** A clash that does not count, on somebody's word. */
    public record Waived(Clash clash, WaiverFacts waiver) {
        UsedWaiver onRecord() {
            return new UsedWaiver(waiver.duties(), waiver.waivedBy(), waiver.until(), waiver.reason(), clash.why());
        }
    }

    /** Whether it is recent enough for the grant as it stands. */
    public boolean holdsFor(GrantRecord record) {
        return announced || !record.announced();
    }

    /** Each waiver once, as the grant's status shows it. */
    public List<UsedWaiver> onRecord() {
        return waived.stream()
                .filter(one -> waived.stream()
                                .filter(other -> other.waiver().equals(one.waiver()))
                                .findFirst()
                                .orElseThrow()
                        == one)
                .map(Waived::onRecord)
                .toList();
    }
}
