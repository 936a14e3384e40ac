package dev.lapse.bench;

/** What is timed of one tenant, from when a person could know it. */
enum Kind {
    EXPIRY("its end → first 403", 500),
    REVOCATION("revoked: true sent → first 403", 500),
    SUSPENSION("suspension sent → first 403", 500),
    ACTIVATION("grant created → Active", 1000);

    final String text;
    final int goal;

    /** @param goal of the 99th percentile beside any load, in milliseconds */
    Kind(String text, int goal) {
        this.text = text;
        this.goal = goal;
    }
}
