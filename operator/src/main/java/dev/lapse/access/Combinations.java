package dev.lapse.access;

import java.util.List;

/** Counts and numbers the permissions a rule writes, without ever holding them all. */
final class Combinations {
    /** Names play no part in a rule that lists none: it is about every name. */
    private static final List<String> ANY_NAME = List.of("");

    private Combinations() {}

    /** How many permissions {@code rules} write, those written twice counted twice; {@link Long#MAX_VALUE} if more. */
    static long count(List<Rule> rules) {
        long sum = 0;
        for (Rule rule : rules) {
            sum = plus(sum, count(rule));
        }
        return sum;
    }

    static long count(Rule rule) {
        return plus(
                onResources(rule),
                times(rule.verbs().size(), rule.nonResourceURLs().size()));
    }

    /** The permission with this number, from 0 to {@link #count}: resources first, then URLs. */
    static Permission at(Rule rule, long number) {
        long onResources = onResources(rule);
        if (number < onResources) {
            Digits digits = new Digits(number);
            String name = digits.next(names(rule));
            String resource = digits.next(rule.resources());
            String apiGroup = digits.next(rule.apiGroups());
            return Permission.onResource(digits.next(rule.verbs()), apiGroup, resource, name);
        }
        Digits digits = new Digits(number - onResources);
        String url = digits.next(rule.nonResourceURLs());
        return Permission.onUrl(digits.next(rule.verbs()), url);
    }

    private static long onResources(Rule rule) {
        long targets = times(rule.apiGroups().size(), rule.resources().size());
        return times(times(rule.verbs().size(), targets), names(rule).size());
    }

    private static List<String> names(Rule rule) {
        return rule.resourceNames().isEmpty() ? ANY_NAME : rule.resourceNames();
    }

    private static long plus(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    private static long times(long a, long b) {
        return b != 0 && a > Long.MAX_VALUE / b ? Long.MAX_VALUE : a * b;
    }

    /** A number read digit by digit, the last digit first, where each list is the base of its digit. */
    private static final class Digits {
        private long rest;

        Digits(long number) {
            rest = number;
        }

        String next(List<String> base) {
            String digit = base.get((int) (rest % base.size()));
            rest /= base.size();
            return digit;
        }
    }
}
