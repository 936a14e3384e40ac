package dev.lapse.api.v1alpha1;

import java.util.Optional;

/** A ServiceAccount, as its user name tells it: {@code system:serviceaccount:NAMESPACE:NAME}. */
public record AccountName(String namespace, String name) {
    public static final String PREFIX = "system:serviceaccount:";

    /** Whether this is the user name of a ServiceAccount, whole or not. */
    public static boolean isOne(String userName) {
        return userName.startsWith(PREFIX);
    }

    /** Nothing if it is the user name of somebody else, or lacks one of the two names. */
    public static Optional<AccountName> of(String userName) {
        if (!isOne(userName)) {
            return Optional.empty();
        }
        String[] names = userName.substring(PREFIX.length()).split(":", -1);
        return names.length == 2 && !names[0].isEmpty() && !names[1].isEmpty()
                ? Optional.of(new AccountName(names[0], names[1]))
                : Optional.empty();
    }

    public String userName() {
        return PREFIX + namespace + ":" + name;
    }
}
