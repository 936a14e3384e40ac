package dev.lapse.api.v1alpha1;

/** Which account receives the privilege of a grant. */
public enum PrincipalType {
    /** A fresh ServiceAccount in lapse-principals that lives as long as the grant. */
    Dedicated,
    /** The identity's own subject. */
    Subject
}
