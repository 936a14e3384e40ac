package dev.lapse.api.v1alpha1;

/** What the owner wants of an identity. */
public enum IdentityState {
    Active,
    Suspended,
    Retired
}
