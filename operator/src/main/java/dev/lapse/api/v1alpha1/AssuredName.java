package dev.lapse.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/**
 * The name of whoever did something, with how far that is known: it prints itself with that, so that nobody is shown a name
 * that Git made up, or that somebody wrote while the guard was open, as if the API server had proved it.
 */
public final class AssuredName {
    private enum Assurance {
        PROVED(""),
        CLAIMED(" (claimed)"),
        UNPROVED(" (unproved)");

        private final String text;

        Assurance(String text) {
            this.text = text;
        }
    }

    private final String user;
    private final Assurance assurance;

    private AssuredName(String user, Assurance assurance) {
        this.user = user;
        this.assurance = assurance;
    }

    /** The API server said who wrote it. */
    public static AssuredName proved(String user) {
        return new AssuredName(user, Assurance.PROVED);
    }

    /** An applier wrote it for somebody: nobody knows who. */
    public static AssuredName claimed(String user) {
        return new AssuredName(user, Assurance.CLAIMED);
    }

    /** It was, or may have been, written while the guard did not stand. */
    public static AssuredName unproved(String user) {
        return new AssuredName(user, Assurance.UNPROVED);
    }

    /**
     * @param via the applier that wrote it, if one did
     * @param proved whether the guard stood when it was written
     */
    public static AssuredName of(String user, @Nullable String via, boolean proved) {
        return proved ? via == null ? proved(user) : claimed(user) : unproved(user);
    }

    /** As it is shown everywhere: in status, Events, messages and by the command line. */
    @Override
    public String toString() {
        return user + assurance.text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AssuredName name && user.equals(name.user) && assurance == name.assurance;
    }

    @Override
    public int hashCode() {
        return 31 * user.hashCode() + assurance.hashCode();
    }
}
