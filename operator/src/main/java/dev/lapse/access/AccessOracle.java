package dev.lapse.access;

import java.util.Optional;

/** Answers whether somebody may do something, as the API server's authorizers would. */
@FunctionalInterface
public interface AccessOracle {

    /** Never throws: a failed look-up is {@link Verdict#Unknown}. Without a namespace the question is cluster-wide. */
    Answer ask(UserInfo who, Permission what, Optional<String> namespace);

    /** @param reason the authorizer's words; RBAC names the binding that allows. For Unknown, what failed */
    record Answer(Verdict verdict, String reason) {}

    /** The answer to a question. */
    enum Verdict {
        Allowed,
        Denied,
        Unknown
    }
}
