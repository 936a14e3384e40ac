package dev.lapse.grant;

import dev.lapse.grant.GrantFacts.NamespaceState;

/**
 * A namespace as the cluster shows it.
 *
 * @param uid another one if it was deleted and created again under its name; empty while it is absent
 */
public record SeenNamespace(NamespaceState state, String uid) {
    public static final SeenNamespace ABSENT = new SeenNamespace(NamespaceState.Absent, "");
}
