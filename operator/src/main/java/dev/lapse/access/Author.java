package dev.lapse.access;

import java.util.List;
import java.util.TreeSet;

/** Somebody the API server is asked about: a user name and the groups that come with it. */
public record Author(String user, List<String> groups) {
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    public Author {
        groups = List.copyOf(groups);
    }

    /**
     * {@code user} with the groups stated for it, as they are, and those the name implies: a SubjectAccessReview adds
     * none, and says no where a right comes from a group it was not told.
     */
    public static Author of(String user, List<String> statedGroups) {
        TreeSet<String> groups = new TreeSet<>(statedGroups);
        groups.add(user.equals("system:anonymous") ? "system:unauthenticated" : "system:authenticated");
        if (user.startsWith(SERVICE_ACCOUNT)) {
            String[] namespaceAndName = user.substring(SERVICE_ACCOUNT.length()).split(":", -1);
            if (namespaceAndName.length == 2 && !namespaceAndName[0].isEmpty() && !namespaceAndName[1].isEmpty()) {
                groups.add("system:serviceaccounts");
                groups.add("system:serviceaccounts:" + namespaceAndName[0]);
            }
        }
        return new Author(user, List.copyOf(groups));
    }
}
