package dev.lapse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.EventHandler;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.ManagedInformerEventSource;
import java.util.Set;

/**
 * Everything that is used of the SDK's inside, and may be another thing in its next version. {@code KubernetesSdkIT} tells
 * what has to hold.
 */
public final class KubernetesSdk {
    private KubernetesSdk() {}

    /**
     * The next read of {@code cache} finds {@code written}, before the watch brings it.
     *
     * @param cache the SDK's own, of a controller's objects: it is an event source, and only there can a write be remembered
     * @param before the version that was written over
     */
    @SuppressWarnings("unchecked")
    public static <P extends HasMetadata> void remember(IndexerResourceCache<P> cache, P written, P before) {
        if (!(cache instanceof ManagedInformerEventSource<?, ?, ?> source)) {
            throw new IllegalStateException("the SDK's cache cannot remember writes any more: " + cache.getClass());
        }
        ((ManagedInformerEventSource<P, ?, ?>) source)
                .handleRecentResourceUpdate(ResourceID.fromResource(written), written, before);
    }

    /** Has the controller look at an object again, though nothing about it has changed. */
    public static void lookAgain(EventHandler controller, String namespace, String name) {
        controller.handleEvent(new Event(new ResourceID(name, namespace)));
    }

    /**
     * The SDK stops no informer of a controller whose start was given up: it would list and keep everything for ever.
     *
     * @return whether there was one
     */
    public static boolean stopInformer(RegisteredController<?> registered) {
        try {
            ((Controller<?>) registered)
                    .getEventSourceManager()
                    .getControllerEventSource()
                    .changeNamespaces(Set.of());
            return true;
        } catch (NullPointerException neverBegun) {
            return false;
        }
    }
}
