package dev.lapse.grant;

/**
 * Whether what a grant would give may be held together with what is held already.
 *
 * @param why for people, unless it may
 * @param announced whether the end of the grant was announced when it was found out: from then on every other grant that
 *     is looked at sees this one, so of two that look at the same moment one at least gives way
 */
record DutyFinding(Answer answer, String why, boolean announced) {
    /** No duties are declared. */
    static final DutyFinding NOTHING_DECLARED = new DutyFinding(Answer.Separate, "", true);

    enum Answer {
        Separate,
        Conflict,
        Unknown
    }

    /** Whether it is recent enough for the grant as it stands. */
    boolean holdsFor(GrantRecord record) {
        return announced || !record.announced();
    }
}
