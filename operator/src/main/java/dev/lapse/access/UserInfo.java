package dev.lapse.access;

import dev.lapse.api.v1alpha1.AccountName;
import java.util.List;
import java.util.TreeSet;

/** Somebody the API server is asked about: a user name and the groups that come with it. */
public record UserInfo(String user, List<String> groups) {

    public UserInfo {
        groups = List.copyOf(groups);
    }

    /**
     * {@code user} with the groups stated for it, as they are, and those the name implies: a SubjectAccessReview adds
     * none, and says no where a right comes from a group it was not told.
     */
    public static UserInfo of(String user, List<String> statedGroups) {
        TreeSet<String> groups = new TreeSet<>(statedGroups);
        groups.add(user.equals("system:anonymous") ? "system:unauthenticated" : "system:authenticated");
        AccountName.of(user).ifPresent(account -> {
            groups.add("system:serviceaccounts");
            groups.add("system:serviceaccounts:" + account.namespace());
        });
        return new UserInfo(user, List.copyOf(groups));
    }
}
