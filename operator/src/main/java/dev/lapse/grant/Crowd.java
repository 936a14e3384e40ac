package dev.lapse.grant;

/**
 * How many grants give access for one identity and in one namespace, and how many may: what one tenant asks for costs
 * everybody memory, and the API server a binding that it looks at with every request.
 *
 * <p>Passes that run at once do not see each other: there may be as many more than the limit as passes run at once, less
 * one.
 */
public record Crowd(int ofIdentity, int inNamespace, Limits limits) {
    /** The most at once. */
    public record Limits(int ofIdentity, int inNamespace) {}

    static final Crowd NOBODY = new Crowd(0, 0, new Limits(1, 1));
}
