package dev.lapse.cli;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the caller may do something.
 *
 * @param group the group that the right comes from, where RBAC says that it comes from one
 */
record Right(boolean allowed, Optional<String> group) {
    private static final Pattern TO_GROUP = Pattern.compile(" to Group \"([^\"]+)\"$");

    /** @param reason as RBAC words it: {@code RBAC: allowed by RoleBinding "b/ns" of Role "r" to Group "g"} */
    static Right of(boolean allowed, String reason) {
        Matcher told = TO_GROUP.matcher(reason);
        return new Right(allowed, allowed && told.find() ? Optional.of(told.group(1)) : Optional.empty());
    }
}
