package dev.lapse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.EventHandler;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Makes a controller look at an object again, and tells others of every change of the controller's objects. */
public final class KubernetesTrigger<P extends HasMetadata> extends AbstractEventSource<Void, P>
        implements ResourceEventAware<P> {
    private final Runnable beforeFirstPass;
    private final Consumer<P> added;
    private final BiConsumer<P, P> changed;
    private final Consumer<P> deleted;

    /**
     * @param beforeFirstPass runs when the controller's informer has synchronised and no pass has begun
     * @param added gets every new object
     * @param changed gets the object before and after each change, also after changes that lead to no pass
     * @param deleted gets every object that is gone
     */
    public KubernetesTrigger(
            String name, Runnable beforeFirstPass, Consumer<P> added, BiConsumer<P, P> changed, Consumer<P> deleted) {
        super(Void.class, name);
        this.beforeFirstPass = beforeFirstPass;
        this.added = added;
        this.changed = changed;
        this.deleted = deleted;
    }

    public void lookAgain(String namespace, String name) {
        EventHandler handler = getEventHandler();
        if (isRunning() && handler != null) {
            KubernetesSdk.lookAgain(handler, namespace, name);
        }
    }

    @Override
    public void start() {
        beforeFirstPass.run();
        super.start();
    }

    @Override
    public Set<Void> getSecondaryResources(P primary) {
        return Set.of();
    }

    @Override
    public void onResourceCreated(P resource) {
        added.accept(resource);
    }

    @Override
    public void onResourceUpdated(P resource, P before) {
        changed.accept(before, resource);
    }

    @Override
    public void onResourceDeleted(P resource) {
        deleted.accept(resource);
    }
}
