package dev.lapse.api.v1alpha1;

/** What kind of actor an identity is; each has a profile of defaults and ceilings. */
public enum ActorType {
    /** A service that runs in the cluster. */
    Workload,
    /** A build or deployment pipeline. */
    Pipeline,
    /** An AI agent, or another program that decides by itself what it does. */
    Agent,
    /** Another company's integration. */
    Vendor,
    /** The account a human administrator works with. */
    Admin
}
