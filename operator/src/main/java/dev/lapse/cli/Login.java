package dev.lapse.cli;

/**
 * Which grant a credential plugin uses: names, nothing secret.
 *
 * @param place the cluster, and the way in
 */
record Login(
        String place, String namespace, String identity, String privilege, String scope, String grant, String uid) {

    /** What is the same each time a kubeconfig's user asks. */
    String key() {
        return String.join("\n", place, namespace, identity, privilege, scope);
    }

    Login of(String grantName, String grantUid) {
        return new Login(place, namespace, identity, privilege, scope, grantName, grantUid);
    }
}
