package dev.lapse.guard;

/**
 * One installed policy or binding of the guard: its identity and whether it is strict enough.
 *
 * @param policy the policy's name; for a binding, the policy that it binds
 * @param fault what makes it too weak, as a sentence without its subject; empty if nothing does
 */
public record GuardPart(Kind kind, String name, String policy, String uid, long generation, String fault) {
    /** The kinds of a part. */
    public enum Kind {
        ValidatingAdmissionPolicy,
        ValidatingAdmissionPolicyBinding
    }
}
