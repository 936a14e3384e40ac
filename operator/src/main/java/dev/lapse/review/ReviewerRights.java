package dev.lapse.review;

import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.Entitlement;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Insider;
import java.util.Set;

/**
 * What the API server says of somebody who gave a verdict.
 *
 * @param decides whether they hold the verb that deciding takes
 * @param insider whether they could act as an account that the request is about
 * @param binds whether they could bind the role that an Entitlement is about; of other types nobody has to
 * @param changed of the groups that could act as an account when it was asked, those whose right has changed since
 * @param why what makes them an insider, or what could not be found out
 */
public record ReviewerRights(
        Verdict decides, Verdict insider, Entitlement.Outcome binds, Set<Insider> changed, String why) {
    public ReviewerRights(Verdict decides, Verdict insider, String why) {
        this(decides, insider, new Entitlement.Entitled(), Set.of(), why);
    }

    public ReviewerRights withBinds(Entitlement.Outcome outcome) {
        return new ReviewerRights(decides, insider, outcome, changed, why);
    }

    public ReviewerRights withChanged(Set<Insider> groups) {
        return new ReviewerRights(decides, insider, binds, groups, why);
    }
}
