package dev.lapse.grant;

/** Where a PrivilegeGrant is found. */
public record GrantKey(String namespace, String name) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
