package dev.lapse.cluster;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A queue in which the namespaces take turns: a namespace with a thousand entries delays another one by a single entry.
 * Within a namespace it is first in, first out. Not for several threads.
 */
public final class TurnsOfNamespaces<T> {
    private final Map<String, Set<T>> waiting = new LinkedHashMap<>();

    /** Has no effect while an equal entry of the namespace waits. */
    public void add(String namespace, T entry) {
        waiting.computeIfAbsent(namespace, first -> new LinkedHashSet<>()).add(entry);
    }

    public void remove(String namespace, T entry) {
        Set<T> entries = waiting.get(namespace);
        if (entries != null && entries.remove(entry) && entries.isEmpty()) {
            waiting.remove(namespace);
        }
    }

    /** Takes the first entry of the namespace whose turn it is; that namespace is then the last one. */
    public Optional<T> next() {
        Iterator<Map.Entry<String, Set<T>>> namespaces = waiting.entrySet().iterator();
        if (!namespaces.hasNext()) {
            return Optional.empty();
        }
        Map.Entry<String, Set<T>> first = namespaces.next();
        String namespace = first.getKey();
        Set<T> entries = first.getValue();
        namespaces.remove();
        Iterator<T> inOrder = entries.iterator();
        T entry = inOrder.next();
        inOrder.remove();
        if (!entries.isEmpty()) {
            waiting.put(namespace, entries);
        }
        return Optional.of(entry);
    }

    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    public int size() {
        return waiting.values().stream().mapToInt(Set::size).sum();
    }

    public Stream<T> all() {
        return waiting.values().stream().flatMap(Set::stream);
    }
}
