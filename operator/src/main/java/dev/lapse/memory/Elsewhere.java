package dev.lapse.memory;

import java.util.List;
import java.util.Map;

/**
 * A copy of the memory outside the cluster, because a restore of etcd makes the ConfigMaps old. No method throws: a
 * failure here must not delay any other work.
 */
public interface Elsewhere {
    /**
     * The last content of ConfigMap {@code number} that each instance kept. The seal in it tells whether it is true.
     */
    List<Map<String, String>> read(int number);

    void keep(int number, Map<String, String> data);

    /** Keeps no copy. */
    Elsewhere NOWHERE = new Elsewhere() {
        @Override
        public List<Map<String, String>> read(int number) {
            return List.of();
        }

        @Override
        public void keep(int number, Map<String, String> data) {}
    };
}
