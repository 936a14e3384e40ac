package dev.lapse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.EventHandler;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.util.Set;
import java.util.function.Consumer;

/** Makes a controller look at an object again, and tells others of every change of the controller's objects. */
public final class KubernetesTrigger<P extends HasMetadata> extends AbstractEventSource<Void, P>
        implements ResourceEventAware<P> {
    private final Runnable beforeFirstPass;
    private final Consumer<P> changed;
    private final Consumer<P> deleted;

    /**
     * @param beforeFirstPass runs when the controller's informer has synchronised and no pass has begun
     * @param changed is told of every addition and change, of those too that lead to no pass
     * @param deleted is told of every object that is gone
     */
    public KubernetesTrigger(String name, Runnable beforeFirstPass, Consumer<P> changed, Consumer<P> deleted) {
        super(Void.class, name);
        this.beforeFirstPass = beforeFirstPass;
        this.changed = changed;
        this.deleted = deleted;
    }

    public void lookAgain(String namespace, String name) {
        EventHandler handler = getEventHandler();
        if (isRunning() && handler != null) {
            handler.handleEvent(new Event(new ResourceID(name, namespace)));
        }
    }

    /**
     * Also if the SDK has lost sight of the object: where one of a name comes while the SDK is still at another one that
     * went, it forgets both, and from then on only what looks like a change of the object reaches it.
     */
    public void lookAgain(P object) {
        EventHandler handler = getEventHandler();
        if (isRunning() && handler != null) {
            handler.handleEvent(new ResourceEvent(ResourceAction.UPDATED, ResourceID.fromResource(object), object));
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
        changed.accept(resource);
    }

    @Override
    public void onResourceUpdated(P resource, P before) {
        changed.accept(resource);
    }

    @Override
    public void onResourceDeleted(P resource) {
        deleted.accept(resource);
    }
}
