package dev.lapse.runtime;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether this process works as it should, for probes and for people. */
final class Health {
    private volatile boolean standby;
    private volatile @Nullable Controllers controllers;

    void standby() {
        standby = true;
    }

    void leading(Controllers leading) {
        controllers = leading;
    }

    /** Each check with what it found; ready if none begins with {@code no}. */
    Map<String, String> readiness() {
        Map<String, String> checks = new TreeMap<>();
        Controllers leading = controllers;
        if (leading == null) {
            checks.put("role", standby ? "ok: standby, another instance leads" : "no: starting");
            return checks;
        }
        checks.put("role", "ok: leader");
        checks.put("informers", leading.synced() ? "ok" : "no: not synchronised");
        if (!leading.guard().ready()) {
            checks.put("guard", "no: " + leading.guard().problem());
        } else {
            checks.put(
                    "guard",
                    leading.guardSettled()
                            ? "ok"
                            : "no: settles at " + leading.guard().settledAt());
        }
        return checks;
    }
}
