package dev.lapse.access;

import dev.lapse.api.v1alpha1.InsidersWhenAsked.Kind;
import java.util.List;
import java.util.Optional;

/**
 * The rights of one binding, and the people who get them.
 *
 * @param name for people: {@code RoleBinding payments/owners}
 * @param version another one for each change of the binding or its role
 * @param namespace where the rights hold; empty if everywhere
 * @param rules the rules of its role that {@link Insiders} asks about, the same list for each binding of the role;
 *     empty if the role is too large to judge
 */
public record BoundRights(
        String name, String version, Optional<String> namespace, List<Holder> holders, Optional<List<Rule>> rules) {

    /** A subject of a binding: a user, or a group that people may be in. */
    public record Holder(Kind kind, String name) {}

    /**
     * All bindings that give rights in one namespace.
     *
     * @param complete false if there were too many bindings, or one was too large
     */
    public record Listed(List<BoundRights> bindings, boolean complete) {}
}
