package dev.lapse.runtime;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether what must be watched can be watched, and is. */
final class NeededWatches {
    private static final Logger LOG = LoggerFactory.getLogger(NeededWatches.class);
    private static final Duration SILENT_FOR = Duration.ofSeconds(10);

    private final KubernetesClient quick;
    private final Watches watches;

    /** @param quick a client for questions that are not worth waiting for */
    NeededWatches(KubernetesClient quick, Watches watches) {
        this.quick = quick;
        this.watches = watches;
    }

    /**
     * Asks for one object of each watched kind: a request that is refused now would be refused to an informer too.
     *
     * @return which of those that are needed are refused, and why; empty if none
     */
    String problems() {
        for (WatchedKind kind : WatchedKind.values()) {
            try {
                quick.raw(kind.probe());
            } catch (KubernetesClientException refused) {
                LOG.atDebug().addKeyValue("kind", kind.text()).log("cannot be listed");
            }
        }
        // An instance that can list grants can end them, and no other could do more for grants that must end now.
        return watches.problems().entrySet().stream()
                .filter(each -> each.getKey().needed())
                .map(each -> each.getKey().text() + " (" + each.getValue() + ")")
                .collect(Collectors.joining(", "));
    }

    /** Why the work cannot go on: one that is needed was not heard of for too long. */
    Optional<String> silent() {
        for (WatchedKind kind : WatchedKind.values()) {
            if (kind.needed() && watches.silent(kind).compareTo(SILENT_FOR) > 0) {
                String why = watches.problem(kind).orElse("not heard of");
                return Optional.of("it cannot watch " + kind.text() + " (" + why + ")");
            }
        }
        return Optional.empty();
    }
}
