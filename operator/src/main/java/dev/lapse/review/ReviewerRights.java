package dev.lapse.review;

import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.Entitlement;

/**
 * What the API server says of somebody who gave a verdict.
 *
 * @param decides whether they hold the verb that deciding takes
 * @param insider whether they could act as an account that the request is about
 * @param binds whether they could bind the role that an Entitlement is about; of other types nobody has to
 * @param why what makes them an insider, or what could not be found out
 */
record ReviewerRights(Verdict decides, Verdict insider, Entitlement.Outcome binds, String why) {
    ReviewerRights(Verdict decides, Verdict insider, String why) {
        this(decides, insider, new Entitlement.Entitled(), why);
    }

    ReviewerRights withBinds(Entitlement.Outcome outcome) {
        return new ReviewerRights(decides, insider, outcome, why);
    }
}
