package dev.lapse.grant;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Grants whose end this process has announced and which the index of live grants does not show yet: that follows the watch,
 * and many grants that were asked for at once would all begin before it says so of the first one.
 */
final class Begun {
    private record Place(String namespace, String identity) {}

    /** How many there are beside those that the index shows. */
    record Beside(int ofIdentity, int inNamespace) {}

    private final Map<String, Place> byUid = new HashMap<>();

    synchronized void add(GrantRequest request) {
        byUid.put(request.uid(), new Place(request.namespace(), request.identity()));
    }

    /** It has ended. */
    synchronized void forget(String uid) {
        byUid.remove(uid);
    }

    /** @param shown UIDs of what the index shows in the namespace of the request; asked for only where that matters */
    synchronized Beside beside(GrantRequest request, Supplier<? extends Collection<String>> shown) {
        if (byUid.values().stream().noneMatch(place -> place.namespace().equals(request.namespace()))) {
            return new Beside(0, 0);
        }
        Set<String> known = new HashSet<>(shown.get());
        byUid.keySet().removeIf(known::contains);
        int inNamespace = 0;
        int ofIdentity = 0;
        for (Place place : byUid.values()) {
            if (place.namespace().equals(request.namespace())) {
                inNamespace++;
                ofIdentity += place.identity().equals(request.identity()) ? 1 : 0;
            }
        }
        return new Beside(ofIdentity, inNamespace);
    }
}
