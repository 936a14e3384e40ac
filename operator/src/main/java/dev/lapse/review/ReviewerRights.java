package dev.lapse.review;

import dev.lapse.access.AccessOracle.Verdict;

/**
 * What the API server says of somebody who gave a verdict.
 *
 * @param decides whether they hold the verb that deciding takes
 * @param insider whether they could act as an account that the request is about
 * @param why what makes them an insider, or what could not be found out
 */
record ReviewerRights(Verdict decides, Verdict insider, String why) {}
