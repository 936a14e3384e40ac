package dev.lapse.cluster;

import java.util.HashMap;
import java.util.Map;

/** Bounds how many may wait, in all and of one namespace, so that one namespace never takes the places of others. */
final class WaitingRoom {
    private final int most;
    private final int mostOfOne;
    private final Map<String, Integer> waiting = new HashMap<>();
    private int all;

    WaitingRoom(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /** @return whether there was room; then {@link #left} must be called */
    synchronized boolean enters(String namespace) {
        if (all >= most || waiting.getOrDefault(namespace, 0) >= mostOfOne) {
            return false;
        }
        waiting.merge(namespace, 1, Integer::sum);
        all++;
        return true;
    }

    synchronized void left(String namespace) {
        waiting.computeIfPresent(namespace, (name, count) -> count == 1 ? null : count - 1);
        all--;
    }
}
