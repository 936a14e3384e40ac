package dev.lapse.grant;

/** Where a PrivilegeGrant is found. */
record GrantKey(String namespace, String name) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
