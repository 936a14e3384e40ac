package dev.lapse.guard;

/**
 * One installed policy or binding of the guard, as far as its identity and its strictness go.
 *
 * @param policy the policy's name; of a binding, the policy it binds
 * @param fault what makes it too weak, as a sentence without its subject; empty if nothing does
 */
public record GuardPart(Kind kind, String name, String policy, String uid, long generation, String fault) {
    /** The kinds of a part. */
    public enum Kind {
        ValidatingAdmissionPolicy,
        ValidatingAdmissionPolicyBinding
    }
}
