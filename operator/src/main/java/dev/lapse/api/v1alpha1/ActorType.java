package dev.lapse.api.v1alpha1;

/** What kind of actor an identity is; each has a profile of defaults and ceilings. */
public enum ActorType {
    Workload,
    Pipeline,
    Agent,
    Vendor,
    Admin
}
