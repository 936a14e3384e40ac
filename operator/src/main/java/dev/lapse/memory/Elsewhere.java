package dev.lapse.memory;

import java.util.List;
import java.util.Map;

/**
 * Where the memory is known outside the cluster as well: what a restore of etcd puts back is as old as everything else in
 * it. Neither throws: what cannot be kept there must not hold up anything.
 */
public interface Elsewhere {
    /** What was last kept of ConfigMap {@code number}, by each instance. Whether it is true, its seal says. */
    List<Map<String, String>> read(int number);

    void keep(int number, Map<String, String> data);

    /** Only this process knows. */
    Elsewhere NOWHERE = new Elsewhere() {
        @Override
        public List<Map<String, String>> read(int number) {
            return List.of();
        }

        @Override
        public void keep(int number, Map<String, String> data) {}
    };
}
